"""The policies of a Context over HTTP: where each comes from, what is refused, what replaces what."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.app import App, running
from tests.support.clock import FakeClock

URL = "/api/v1/contexts/acme/retention"
ACME = {"scope": {"org": "acme"}, "memory_category": "context", "ttl": "90d"}
BETA = {"scope": {"org": "beta"}, "memory_category": "unknowns", "ttl": "1y"}


async def test_without_any_policy_the_defaults_hold(acme: App) -> None:
    answer = (await acme.http.get(URL)).json()
    assert answer["policies"] == []
    assert {default["memory_category"]: default["ttl"] for default in answer["defaults"]} == {
        "identity": "indefinite",
        "knowledge": "indefinite",
        "context": "7d",
        "instructions": "indefinite",
        "unknowns": "30d",
    }
    assert {default["source"] for default in answer["defaults"]} == {"default"}
    assert answer["expired_grace"] == "30d"


async def test_retention_days_is_the_default_of_the_category_context(app: App) -> None:
    await app.context(config={"retention_days": 3})
    defaults = (await app.http.get(URL)).json()["defaults"]
    assert {"memory_category": "context", "ttl": "3d", "source": "retention_days"} in defaults


async def test_each_policy_says_where_it_comes_from(tmp_path: Path, clock: FakeClock) -> None:
    async with running(tmp_path, clock=clock, retention=[ACME, BETA], expired_grace="0d") as app:
        await app.context(config={"retention": [ACME | {"ttl": "7d"}]})
        answer = (await app.http.get(URL)).json()
        assert answer["expired_grace"] == "0d"
        assert sources(answer) == [("90d", "server", False), ("1y", "server", True), ("7d", "context", True)]

        put = await app.http.put(URL, json=[ACME | {"ttl": "2w"}])
        assert put.status_code == 200
        assert sources(put.json()) == [("90d", "server", False), ("1y", "server", True), ("14d", "api", True)]
        assert put.json() == (await app.http.get(URL)).json()
        shown = (await app.http.get("/api/v1/contexts/acme")).json()["config"]["retention"]
        assert shown == [ACME | {"ttl": "14d", "source": "api"}]


def sources(answer: dict[str, Any]) -> list[tuple[str, str, bool]]:
    return [(policy["ttl"], policy["source"], policy["in_force"]) for policy in answer["policies"]]


async def test_policies_for_every_context_can_stand_in_the_defaults(tmp_path: Path, clock: FakeClock) -> None:
    async with running(tmp_path, clock=clock, defaults={"retention": [ACME]}) as app:
        await app.context()
        assert sources((await app.http.get(URL)).json()) == [("90d", "server", True)]


async def test_what_was_read_can_be_written_back(tmp_path: Path, clock: FakeClock) -> None:
    async with running(tmp_path, clock=clock, retention=[BETA]) as app:
        await app.context()
        await app.http.put(URL, json={"policies": [ACME]})
        read = (await app.http.get(URL)).json()
        plain = [{name: policy[name] for name in (*ACME, "source")} for policy in read["policies"]]
        written = await app.http.put(URL, json={"policies": plain})
        assert written.json() == read


async def test_replacing_leaves_an_audit_event_without_values(acme: App) -> None:
    await acme.http.put(URL, json=[ACME])
    events = (await acme.http.get("/api/v1/contexts/acme/audit?kind=config")).json()["events"]
    assert [event["detail"] for event in events] == [{"keys": ["retention"]}]


@pytest.mark.parametrize(
    ("policy", "status", "reason"),
    [
        (ACME | {"ttl": "12h"}, 422, "policies[1].ttl is '12h': 'h' is not a unit"),
        (ACME | {"ttl": "0d"}, 422, "policies[1].ttl is '0d', which is below the minimum of 1d"),
        (ACME | {"ttl": 7}, 400, "policies[1].ttl"),
        (ACME | {"memory_category": "contxt"}, 400, "policies[1].memory_category is 'contxt'"),
        (ACME | {"scope": "acme"}, 400, "policies[1].scope"),
        (ACME | {"scope": ["org=a", "org=b"]}, 422, "policies[1].scope is contradictory"),
        (BETA, 422, "policies[1] is a duplicate of policies[0]"),
        ({"scope": {}}, 400, "policies[1].memory_category is missing"),
    ],
)
async def test_a_wrong_policy_is_named_and_changes_nothing(
    acme: App, policy: dict[str, Any], status: int, reason: str
) -> None:
    for answer in (
        await acme.http.put(URL, json={"policies": [BETA, policy]}),
        await acme.http.post(f"{URL}/preview", json={"policies": [BETA, policy]}),
    ):
        assert answer.status_code == status
        assert reason in answer.json()["detail"]
    patched = await acme.http.patch("/api/v1/contexts/acme", json={"config": {"retention": [BETA, policy]}})
    assert patched.status_code == status
    assert reason.replace("policies[", "config.retention[") in patched.json()["detail"]
    assert (await acme.http.get(URL)).json()["policies"] == []


@pytest.mark.parametrize("body", [{}, {"policies": {}}, {"policies": [], "colour": 1}, "7d", None])
async def test_a_body_that_is_no_list_of_policies_is_refused(acme: App, body: object) -> None:
    assert (await acme.http.put(URL, json=body)).status_code == 400


async def test_only_managers_see_and_set_policies(acme: App) -> None:
    agent = await acme.agent(principal="supervisor")
    for answer in (
        await agent.get(URL),
        await agent.put(URL, json=[]),
        await agent.post(f"{URL}/preview", json=[]),
        await agent.post("/api/v1/lifecycle/expire"),
        await agent.get("/api/v1/lifecycle/sweeps"),
        await agent.post("/api/v1/contexts/acme/lifecycle/decay"),
    ):
        assert answer.status_code == 403


async def test_an_unknown_context_is_not_found(app: App) -> None:
    for answer in (
        await app.http.get(URL),
        await app.http.put(URL, json=[]),
        await app.http.post(f"{URL}/preview", json=[]),
        await app.http.post("/api/v1/lifecycle/expire?context=acme"),
        await app.http.post("/api/v1/contexts/acme/lifecycle/decay"),
    ):
        assert answer.status_code == 404
