"""Who is let in, on whose behalf, and what is remembered of those who are not."""

from typing import Any

import httpx
import pytest

from tests.http.problem import problem_of, slug_of
from tests.support.app import App

CONTEXTS = "/api/v1/contexts"
KEYS = f"{CONTEXTS}/acme/keys"
ON_BEHALF = "x-spectron-on-behalf-of"


async def denials(app: App, context_id: str = "acme") -> list[dict[str, Any]]:
    answer = await app.http.get(f"{CONTEXTS}/{context_id}/audit?kind=denial")
    events: list[dict[str, Any]] = answer.json()["events"]
    return events


@pytest.mark.parametrize(
    "headers", [{"API-KEY": "{}"}, {"api-key": " {} "}, {"Authorization": "Bearer {}"}, {"authorization": "bearer  {}"}]
)
async def test_where_a_key_may_stand(acme: App, headers: dict[str, str]) -> None:
    anonymous = await acme.client()
    sent = {name: text.format(acme.key) for name, text in headers.items()}
    assert (await anonymous.get(CONTEXTS, headers=sent)).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        *({}, {"API-KEY": ""}, {"Authorization": ""}, {"Authorization": "Bearer"}, {"Authorization": "Bearer "}),
        *({"Authorization": "Basic {}"}, {"Authorization": "{}"}, {"Cookie": "api-key={}"}, {"API-KEY": "{}x"}),
        *({"API-KEY": "{} {}"}, {"API-KEY": "mgmt--"}, {"API-KEY": "x" * 9000}, {"API-KEY": "sk-acme-a-b"}),
        {"API-KEY": "wrong", "Authorization": "Bearer {}"},
    ],
)
async def test_where_a_key_may_not_stand(acme: App, headers: dict[str, str]) -> None:
    anonymous = await acme.client()
    sent = {name: text.replace("{}", acme.key) for name, text in headers.items()}
    assert slug_of(await anonymous.get(f"{CONTEXTS}?api_key={acme.key}", headers=sent)) == "unauthorized"


async def test_a_key_of_one_kind_is_not_taken_for_the_other(acme: App) -> None:
    minted = await acme.mint()
    _, key_id, secret = minted["secret"].rsplit("-", 2)
    for text in (f"mgmt-{key_id}-{secret}", f"sk-other-{key_id}-{secret}", acme.key.replace("mgmt-", "sk-acme-")):
        assert slug_of(await (await acme.client(text)).get(CONTEXTS)) == "unauthorized"


CONTROL_PLANE = [
    ("GET", CONTEXTS),
    ("POST", f"{CONTEXTS}/new"),
    *((method, f"{CONTEXTS}/{{}}") for method in ("GET", "PATCH", "DELETE")),
    *(("GET", f"{CONTEXTS}/{{}}/{name}") for name in ("usage", "stats", "audit")),
]


def body_for(method: str, path: str) -> dict[str, Any] | None:
    """The least that the route takes."""
    if method == "PATCH":
        return {"config": {}}
    if method == "POST":
        return {"name": "k"} if path.endswith("/keys") else {"namespace": "n", "database": "d"}
    return None


async def test_a_context_key_learns_nothing_of_other_contexts_and_reaches_no_control_plane(acme: App) -> None:
    await acme.context("beta")
    for principal in ("agent", "supervisor"):
        caller = await acme.agent(principal=principal)
        routes = [*CONTROL_PLANE, *((method, f"{CONTEXTS}/{{}}/keys") for method in ("GET", "POST"))]
        routes += [
            ("GET", f"{CONTEXTS}/{{}}/keys/x"),
            ("POST", f"{CONTEXTS}/{{}}/keys/x/rotate"),
            ("GET", "/api/v1/{}/sessions"),
        ]
        for method, path in routes:
            answers = [
                problem_of(await caller.request(method, path.format(name), json=body_for(method, path)))
                for name in ("beta", "nobody")
            ]
            assert {answer["status"] for answer in answers} == {403}
            said = [
                answer["detail"].replace(name, "it") for answer, name in zip(answers, ("beta", "nobody"), strict=True)
            ]
            assert said[0] == said[1]
    assert (await acme.http.get(f"{CONTEXTS}/new")).status_code == 404


async def test_an_agent_administers_no_keys(acme: App) -> None:
    agent = await acme.agent(principal="agent")
    key_id = (await acme.mint())["id"]
    for method, path in (
        ("GET", ""),
        ("POST", ""),
        ("GET", f"/{key_id}"),
        ("DELETE", f"/{key_id}"),
        ("POST", f"/{key_id}/rotate"),
    ):
        answer = await agent.request(method, KEYS + path, json=body_for(method, KEYS + path) if not path else None)
        assert slug_of(answer) == "forbidden"


async def test_delegation_never_gives_more(acme: App) -> None:
    await acme.context("other")
    supervisor = await acme.mint(name="supervisor", principal="supervisor", scope_floor={"org": "acme"})
    narrow = await acme.mint(name="narrow", principal="supervisor", scope_floor={"org": "acme", "user": "bo"})
    agent = await acme.mint(name="agent")
    foreign = await acme.mint("other", principal="supervisor")
    caller = await acme.client(supervisor["secret"])

    async def mint(client: httpx.AsyncClient, on_behalf_of: str, floor: object) -> httpx.Response:
        body = {"name": f"for-{on_behalf_of}", "scope_floor": floor}
        return await client.post(KEYS, json=body, headers={ON_BEHALF: on_behalf_of})

    assert slug_of(await mint(caller, "agent", {"org": "acme"})) == "forbidden"
    assert slug_of(await mint(caller, agent["id"], {"org": "acme"})) == "forbidden"
    assert slug_of(await mint(caller, narrow["id"], {"org": "acme"})) == "forbidden"
    assert slug_of(await mint(caller, foreign["id"], {"org": "acme"})) == "forbidden"
    assert slug_of(await mint(caller, "management", {"org": "acme"})) == "forbidden"
    assert slug_of(await mint(caller, "", {"org": "acme"})) == "forbidden"
    assert slug_of(await mint(caller, "nobody", {"org": "acme"})) == "forbidden"
    assert (await mint(caller, narrow["id"], {"org": "acme", "user": "bo"})).status_code == 201
    assert (await mint(caller, "supervisor", {"org": "acme"})).status_code == 201
    wide = await acme.client((await acme.mint(name="wide", principal="supervisor"))["secret"])
    assert slug_of(await mint(wide, supervisor["id"], {})) == "forbidden"
    assert (await mint(wide, supervisor["id"], {"org": "acme"})).status_code == 201


async def test_management_on_behalf_of_a_key_is_no_more_than_that_key(acme: App) -> None:
    agent = await acme.mint(name="agent")
    for name in ("agent", "supervisor", agent["id"]):
        assert slug_of(await acme.http.get(CONTEXTS, headers={ON_BEHALF: name})) == "forbidden"
    await acme.context("other")
    answer = await acme.http.get(f"{CONTEXTS}/other/keys", headers={ON_BEHALF: agent["id"]})
    assert slug_of(answer) == "forbidden"


@pytest.mark.parametrize("action", ["revoke", "delete"])
async def test_nobody_acts_for_a_dead_key(acme: App, action: str) -> None:
    minted = await acme.mint(principal="supervisor")
    address = f"{KEYS}/{minted['id']}"
    assert (await acme.http.get(KEYS, headers={ON_BEHALF: minted["id"]})).status_code == 200
    await (acme.http.delete(address) if action == "delete" else acme.http.post(f"{address}/revoke"))
    assert slug_of(await acme.http.get(KEYS, headers={ON_BEHALF: minted["id"]})) == "forbidden"


async def test_every_name_in_every_delegation_header_counts(acme: App) -> None:
    supervisor = await acme.agent(principal="supervisor")
    for headers in (
        [(ON_BEHALF, "supervisor"), (ON_BEHALF, "agent")],
        [(ON_BEHALF, "supervisor"), ("x-memory-on-behalf-of", "agent")],
    ):
        assert slug_of(await supervisor.get(KEYS, headers=headers)) == "forbidden"


async def test_every_refusal_is_recorded_with_who_where_and_why(acme: App) -> None:
    minted = await acme.mint(name="app")
    agent = await acme.client(minted["secret"], address="10.0.0.7")
    await agent.get(f"{CONTEXTS}/acme", headers={"x-request-id": "r1"})
    (event,) = await denials(acme)
    assert event | {"id": "", "created_at": ""} == {
        "id": "",
        "created_at": "",
        "kind": "denial",
        "action": "GET /api/v1/contexts/{context_id}",
        "actor": minted["id"],
        "principal": "agent",
        "target": None,
        "outcome": "refused",
        "detail": {"reason": "forbidden"},
        "source": "10.0.0.7",
        "request_id": "r1",
        "count": 1,
        "context_id": "acme",
    }


async def test_equal_refusals_become_one_event(acme: App) -> None:
    agent = await acme.agent()
    for _ in range(50):
        await agent.get(f"{CONTEXTS}/acme")
    assert [event["count"] for event in await denials(acme)] == [50]
    await agent.get(f"{CONTEXTS}/acme")
    assert sorted(event["count"] for event in await denials(acme)) == [1, 50]


async def test_wrong_secrets_and_dead_keys_are_recorded_with_the_key_they_name(acme: App) -> None:
    minted = await acme.mint()
    wrong = await acme.client(minted["secret"][:-1] + ("a" if minted["secret"][-1] != "a" else "b"))
    for _ in range(3):
        await wrong.get(f"{CONTEXTS}/acme")
    (event,) = await denials(acme)
    assert (event["target"], event["actor"], event["count"]) == (minted["id"], None, 3)
    await acme.http.post(f"{KEYS}/{minted['id']}/revoke")
    await (await acme.client(minted["secret"])).get(f"{CONTEXTS}/acme")
    assert [event["target"] for event in await denials(acme)] == [minted["id"]] * 2


async def test_strangers_write_into_no_contexts_audit(acme: App) -> None:
    anonymous = await acme.client()
    for number in range(20):
        await anonymous.get(f"{CONTEXTS}/acme")
        await anonymous.get(f"{CONTEXTS}/acme", headers={"API-KEY": f"sk-acme-{number:016}-{number:043}"})
    assert await denials(acme) == []
    assert (
        len(await acme.server.engine.read(acme.server.control.keys._metadata.binding, "SELECT * FROM audit_event")) == 1
    )


async def test_what_a_stranger_makes_up_does_not_fill_the_audit(acme: App) -> None:
    agent = await acme.agent()
    for number in range(30):
        await agent.get(f"{CONTEXTS}/{'A' * 3000}{number}")
    assert len(acme.server.control.audit._refusals) == 1


async def test_delegation_is_part_of_the_record(acme: App) -> None:
    supervisor = await acme.agent(principal="supervisor")
    for_whom = await acme.mint(name="for", principal="supervisor")
    acme.clock.advance(1)
    await supervisor.post(KEYS, json={"name": "new"}, headers={ON_BEHALF: for_whom["id"]})
    await supervisor.get(KEYS, headers={ON_BEHALF: "agent"})
    (denial,) = await denials(acme)
    assert denial["detail"]["on_behalf_of"] == "agent"
    events = (await acme.http.get(f"{CONTEXTS}/acme/audit?kind=key&limit=1")).json()["events"]
    assert events[0]["detail"]["on_behalf_of"] == for_whom["id"]
