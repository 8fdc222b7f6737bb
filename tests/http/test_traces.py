"""Traces over HTTP: each operation leaves one, told to those whose scope it was in and to nobody else."""

from typing import Any

import httpx
import pytest

from server.observe.events import Wanted
from tests.support.app import App

BASE = "/api/v1/acme"
ALICE, BOB = {"org": "acme", "user": "alice"}, {"org": "acme", "user": "bob"}


async def call(http: httpx.AsyncClient, path: str, **body: Any) -> dict[str, Any]:
    answer = await http.post(f"{BASE}/{path}", json=body)
    assert answer.is_success, answer.text
    document: dict[str, Any] = answer.json()
    return document


async def read(http: httpx.AsyncClient, path: str, **params: Any) -> dict[str, Any]:
    answer = await http.get(f"{BASE}/{path}", params=params)
    assert answer.is_success, answer.text
    document: dict[str, Any] = answer.json()
    return document


@pytest.fixture
async def told(acme: App) -> App:
    await call(acme.http, "facts", text="I live in Lisbon and I work at Globex.", scope=ALICE)
    await call(acme.http, "facts", text="I live in Oslo.", scope=BOB)
    return acme


async def test_a_trace_says_how_a_question_was_answered(told: App) -> None:
    asked = await call(told.http, "query", query="broken bicycle in Lisbon", scope=ALICE)
    trace = await read(told.http, f"traces/{asked['trace_id']}")
    assert trace["kind"] == "query"
    assert trace["query"] == trace["query_text"] == "broken bicycle in Lisbon"
    assert trace["tier"] == trace["resolution_tier"] == asked["tier"]
    assert trace["tier_reason"] == asked["tier_reason"]
    assert trace["returned"] == [hit["id"] for hit in asked["hits"]]
    assert trace["candidates"][0]["signals"]
    assert trace["scope"] == ALICE
    assert trace["principal"] == "management"
    assert trace["duration_ms"] >= 0
    (turn,) = trace["turns"]
    assert turn["text"] == "I live in Lisbon and I work at Globex."
    assert turn["session_id"]
    inspected = await read(told.http, "inspect", ref=f"trace:{asked['trace_id']}")
    assert inspected["trace"] == trace


async def test_a_direct_answer_leads_to_whom_it_is_about(told: App) -> None:
    asked = await call(told.http, "query", query="Where does alice live?", scope=ALICE)
    trace = await read(told.http, f"traces/{asked['trace_id']}")
    assert trace["tier"] == "direct"
    assert "alice" in [one["name"] for one in trace["entities"]]


async def test_remembering_leaves_a_trace_of_what_was_written(told: App) -> None:
    remembered = await call(told.http, "facts", text="I moved to Porto.", scope=ALICE)
    trace = await read(told.http, f"traces/{remembered['trace_id']}")
    assert trace["tier"] is None
    assert trace["written"]["attributes"] >= 1
    assert [turn["id"] for turn in trace["turns"]] == [remembered["turn_id"]]


async def test_lists_are_paged_and_filtered(told: App) -> None:
    for number in range(5):
        told.clock.advance(60)
        await call(told.http, "query", query=f"question {number}", scope=ALICE, bypass_cache=True)
    first = await read(told.http, "traces", kind="query", limit=3)
    second = await read(told.http, "traces", kind="query", limit=3, cursor=first["next_cursor"])
    shown = [trace["query"] for trace in first["traces"] + second["traces"]]
    assert shown == [f"question {number}" for number in (4, 3, 2, 1, 0)]
    assert (first["has_more"], second["has_more"], second["next_cursor"]) == (True, False, None)
    assert [one["query"] for one in (await read(told.http, "traces", text="TION 3"))["traces"]] == ["question 3"]
    assert (await read(told.http, "traces", kind="remember", tier="hybrid"))["traces"] == []
    assert len((await read(told.http, "traces", scope="org/acme/user/bob"))["traces"]) == 1


@pytest.mark.parametrize(
    "params",
    [
        {"tier": "best"},
        {"limit": 0},
        {"since": "yesterday"},
        {"slower_than_ms": "nan"},
        {"scope": "user"},
    ],
)
async def test_what_makes_no_sense_is_refused(acme: App, params: dict[str, Any]) -> None:
    answer = await acme.http.get(f"{BASE}/traces", params=params)
    assert answer.status_code == 400, answer.text


async def test_the_ends_of_time_are_no_errors(acme: App) -> None:
    for moment in ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"):
        for path in ("traces", "traces/stats"):
            for name in ("since", "until"):
                answer = await acme.http.get(f"{BASE}/{path}", params={name: moment})
                assert answer.status_code in {200, 400}, answer.text


async def test_another_scopes_traces_are_not_there(told: App) -> None:
    bob = await told.agent(scope_floor=BOB)
    of_alice = await call(told.http, "query", query="Where does alice live?", scope=ALICE)
    of_both = await call(told.http, "query", query="Where?", scopes=[["org/acme/user/alice"], ["org/acme/user/bob"]])
    of_nobody = await call(told.http, "query", query="Where does alice live?")
    own = await call(bob, "query", query="Where do I live?")
    for hidden in (of_alice, of_both, of_nobody):
        assert (await bob.get(f"{BASE}/traces/{hidden['trace_id']}")).status_code == 404
        assert (await bob.get(f"{BASE}/inspect", params={"ref": f"trace:{hidden['trace_id']}"})).status_code == 404
        assert (await told.http.get(f"{BASE}/traces/{hidden['trace_id']}")).status_code == 200
    seen = await read(bob, "traces", kind="query")
    assert [trace["id"] for trace in seen["traces"]] == [own["trace_id"]]
    assert (await read(bob, "traces/stats"))["total_queries"] == 1
    assert (await read(told.http, "traces/stats"))["total_queries"] == 4
    assert (await bob.get(f"{BASE}/traces", params={"scope": "org/acme/user/alice"})).status_code == 403


async def test_statistics_add_up(told: App) -> None:
    for _ in range(3):
        await call(told.http, "query", query="broken bicycle in Lisbon", scope=ALICE)
    await call(told.http, "query", query="Where does alice live?", scope=ALICE)
    found = await read(told.http, "traces/stats")
    tiers = found["tier_counts"]
    assert (tiers["direct"], tiers["hybrid"] + tiers["cache"], tiers["full_context"]) == (1, 3, 0)
    assert found["cache_hits"] == tiers["cache"] >= 1
    assert (found["total_queries"], found["cache_hit_rate"]) == (4, tiers["cache"] / 4)
    assert found["kinds"]["query"]["count"] == 4
    assert found["kinds"]["remember"]["count"] == 2
    latency = found["latency"]
    assert latency["count"] == sum(one["count"] for one in latency["histogram"]) == found["total"] == 6
    assert latency["p50_ms"] <= latency["p95_ms"] <= latency["p99_ms"] <= latency["slowest_ms"]
    assert {one["kind"] for one in found["source_kind_distribution"]} == {"turn", "fact"}
    assert found["window_hours"] == 24
    told.clock.advance(25 * 3600)
    assert (await read(told.http, "traces/stats"))["total"] == 0
    assert (await read(told.http, "traces/stats", hours=48))["total"] == 6


async def test_traces_are_told_of_as_they_are_written(told: App) -> None:
    await told.server.traces.flush()
    follow = told.server.events.follow(Wanted(kinds=frozenset({"trace"})))
    following = anext(follow)
    asked = await call(told.http, "query", query="Where does alice live?", scope=ALICE)
    event = await following
    assert event is not None
    assert (event.kind, event.context_id, event.data["id"]) == ("trace", "acme", asked["trace_id"])
    assert event.data["tier"] == "direct"
    assert (await told.http.get(f"{BASE}/traces/{asked['trace_id']}")).status_code == 200
    await follow.aclose()


async def test_what_is_purged_is_named_by_no_trace(told: App) -> None:
    asked = await call(told.http, "query", query="Where do I live?", scope=ALICE)
    assert (await read(told.http, f"traces/{asked['trace_id']}"))["entities"]
    gone = await told.http.delete("/api/v1/contexts/acme/entities/Person/alice", params={"hard": "true"})
    assert gone.is_success, gone.text
    assert (await told.http.get(f"{BASE}/traces/{asked['trace_id']}")).status_code == 404


async def test_gauges_tell_of_traces(told: App) -> None:
    await told.server.traces.flush()
    metrics = (await told.http.get("/metrics")).text
    assert "spectron_traces_dropped 0.0" in metrics
    assert "spectron_traces_waiting 0.0" in metrics
