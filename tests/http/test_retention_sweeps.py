"""Sweeps, previews and decay over HTTP."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from server.store.binding import Binding
from server.store.engine import Database
from tests.retention.model import Policies, doomed
from tests.retention.world import NOW, World, names, store
from tests.support.app import App, running
from tests.support.clock import FakeClock

EXPIRE = "/api/v1/lifecycle/expire"
SWEEPS = "/api/v1/lifecycle/sweeps"
URL = "/api/v1/contexts/acme"
FLOOR = frozenset({("org", "a")})
MINUTE = timedelta(minutes=1)
"""After it, what ended a microsecond after NOW is due as well."""


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


def database(app: App, context_id: str = "acme") -> Database:
    return Database(app.server.engine, Binding(context_id, "prod"))


@pytest.fixture
async def world(acme: App) -> World:
    world = World(5, size=20)
    await store(database(acme), world.records)
    assert doomed(world.records, Policies(), NOW)
    assert doomed(world.records, Policies(), NOW, FLOOR)
    return world


def ok(response: httpx.Response) -> dict[str, Any]:
    assert response.status_code == 200, response.text
    document: dict[str, Any] = response.json()
    return document


async def test_a_dry_run_says_what_the_sweep_then_does(acme: App, world: World) -> None:
    expected = doomed(world.records, Policies(), NOW)
    foretold = ok(await acme.http.post(f"{EXPIRE}?dry_run=true"))
    assert (foretold["dry_run"], foretold["id"], foretold["deleted_count"]) == (True, None, len(expected))
    assert await names(database(acme)) == {record.name for record in world.records}
    assert ok(await acme.http.get(SWEEPS))["sweeps"] == []

    done = ok(await acme.http.post(EXPIRE))
    (context,) = done["contexts"]
    assert (done["dry_run"], done["deleted_count"], context["id"]) == (False, len(expected), "acme")
    assert context["by"] == foretold["contexts"][0]["by"]
    assert sum(group["count"] for group in context["by"]) == context["deleted_count"] == len(expected)
    assert {group["policy"] for group in context["by"]} >= {"default: 7d", "expired_grace: 30d"}
    assert await names(database(acme)) == {record.name for record in world.records} - expected
    assert ok(await acme.http.post(EXPIRE))["deleted_count"] == 0


async def test_sweeps_are_listed_page_by_page(acme: App, world: World) -> None:
    for _ in range(3):
        ok(await acme.http.post(EXPIRE))
        acme.clock.advance(60)
    first = ok(await acme.http.get(f"{SWEEPS}?limit=2"))
    rest = ok(await acme.http.get(f"{SWEEPS}?limit=2&cursor={first['next_cursor']}"))
    listed = [*first["sweeps"], *rest["sweeps"]]
    assert (first["has_more"], rest["has_more"], rest["next_cursor"]) == (True, False, None)
    counts = [sweep["deleted_count"] for sweep in listed]
    first_sweep, both = (len(doomed(world.records, Policies(), moment)) for moment in (NOW, NOW + MINUTE))
    assert counts == [0, both - first_sweep, first_sweep]
    assert {sweep["state"] for sweep in listed} == {"done"}
    assert listed[0]["finished_at"] >= listed[0]["started_at"] > listed[1]["started_at"]


async def test_only_the_contexts_asked_for_are_swept(acme: App, world: World) -> None:
    await acme.context("beta")
    await acme.context("gamma")
    assert [one["id"] for one in ok(await acme.http.post(f"{EXPIRE}?context=beta&context=gamma"))["contexts"]] == [
        "beta",
        "gamma",
    ]
    assert await names(database(acme)) == {record.name for record in world.records}
    assert len(ok(await acme.http.post(EXPIRE))["contexts"]) == 3


async def test_expired_answers_and_old_traces_go_with_a_sweep(acme: App) -> None:
    key = {"Idempotency-Key": "once"}
    ok(await acme.http.post(f"{EXPIRE}?context=acme", headers=key))
    ok(await acme.http.post("/api/v1/acme/lifecycle/expire", headers=key))
    await acme.server.traces.flush()
    assert len(await database(acme).rows("SELECT id FROM decision_trace")) == 1
    assert ok(await acme.http.post(EXPIRE))["chores"]["idempotency"] == 0
    acme.clock.advance(25 * 3600)
    tidied = ok(await acme.http.post(EXPIRE))
    assert tidied["chores"]["idempotency"] == 1
    assert tidied["contexts"][0]["chores"] == {"idempotency": 1, "traces": 0, "originals": 0, "answers": 0}
    acme.clock.advance(91 * 24 * 3600)
    tidied = ok(await acme.http.post(EXPIRE))
    assert tidied["contexts"][0]["chores"]["traces"] == 1
    assert tidied["chores"]["sweeps"] == 4
    assert len(ok(await acme.http.get(SWEEPS))["sweeps"]) == 1


async def test_the_same_request_again_sweeps_once(acme: App, world: World) -> None:
    key = {"Idempotency-Key": "once"}
    first = ok(await acme.http.post(EXPIRE, headers=key))
    assert ok(await acme.http.post(EXPIRE, headers=key)) == first
    assert first["deleted_count"] == len(doomed(world.records, Policies(), NOW))


async def test_while_another_sweeps_there_is_a_conflict(acme: App) -> None:
    held = await acme.server.retention.lease.acquire("another")
    for refused in (await acme.http.post(EXPIRE), await acme.http.post("/api/v1/acme/lifecycle/expire")):
        assert refused.status_code == 409
        assert "lifecycle/sweeps" in refused.json()["detail"]
    ok(await acme.http.post(f"{EXPIRE}?dry_run=true"))
    assert held
    await acme.server.retention.lease.release(held)
    ok(await acme.http.post(EXPIRE))


@pytest.mark.parametrize("principal", ["agent", "supervisor"])
async def test_a_context_key_sweeps_its_own_floor_alone(acme: App, world: World, principal: str) -> None:
    expected = doomed(world.records, Policies(), NOW, FLOOR)
    caller = await acme.agent(principal=principal, scope_floor={"org": "a"})
    answer = ok(await caller.post("/api/v1/acme/lifecycle/expire"))
    assert answer["affected"] == answer["deleted_count"] == len(expected)
    assert answer["trace_id"]
    assert await names(database(acme)) == {record.name for record in world.records} - expected
    acme.clock.advance(MINUTE.total_seconds())
    everybody = ok(await acme.http.post("/api/v1/acme/lifecycle/expire"))
    assert everybody["affected"] == len(doomed(world.records, Policies(), NOW + MINUTE) - expected)


async def test_a_key_of_another_context_is_refused(acme: App) -> None:
    await acme.context("beta")
    caller = await acme.agent("beta")
    for verb in ("expire", "decay"):
        assert (await caller.post(f"/api/v1/acme/lifecycle/{verb}")).status_code == 403


async def test_facts_fade_by_hand(acme: App, world: World) -> None:
    facts = [record for record in world.records if record.table in {"attribute", "relates_to"} and not record.ended]
    fading = [record for record in facts if record.category in {"knowledge", "context"}]
    caller = await acme.agent(scope_floor={"org": "a"})
    inside = ok(await caller.post("/api/v1/acme/lifecycle/decay"))
    assert inside["affected"] == len([record for record in fading if record.scope >= FLOOR]) > 0
    assert inside["trace_id"]
    everything = ok(await acme.http.post(f"{URL}/lifecycle/decay"))
    assert (everything["context_id"], everything["affected"]) == ("acme", len(fading))
    assert sum(group["count"] for group in everything["by"]) == len(fading)


async def test_a_preview_shows_what_would_change_and_when(acme: App, world: World) -> None:
    kept = [{"scope": {"org": "a"}, "memory_category": "context", "ttl": "1y"}]
    answer = ok(await acme.http.post(f"{URL}/retention/preview", json={"policies": kept, "horizon_days": 20}))
    now = doomed(world.records, Policies(), NOW)
    assert answer["newly_deleted"]["count"] == 0
    assert answer["no_longer_deleted"]["count"] + answer["unchanged"]["count"] == len(now)
    assert answer["no_longer_deleted"]["count"] > 0
    (group, *_) = answer["no_longer_deleted"]["by"]
    assert group["policy"] == "default: 7d"
    assert "org=a" in group["scope"]
    assert group["oldest"] <= group["newest"] <= group["samples"][-1]["due_at"]
    days = [day["date"] for day in answer["impact"]]
    assert (days[0], days[-1], len(days)) == ("2026-06-01", "2026-06-21", 21)
    assert answer["impact"][0]["current"] >= len(now) > answer["impact"][0]["proposed"]
    later = doomed(world.records, Policies(), NOW + timedelta(days=20))
    assert sum(day["current"] for day in answer["impact"]) == len(later)
    assert await names(database(acme)) == {record.name for record in world.records}


@pytest.mark.parametrize("days", [0, 731, "x"])
async def test_a_horizon_has_bounds(acme: App, days: object) -> None:
    body = {"policies": [], "horizonDays": days}
    assert (await acme.http.post(f"{URL}/retention/preview", json=body)).status_code == 400


async def test_a_preview_of_nothing_is_empty(acme: App) -> None:
    answer = ok(await acme.http.post(f"{URL}/retention/preview", json=[]))
    assert {answer[part]["count"] for part in ("newly_deleted", "no_longer_deleted", "unchanged")} == {0}
    assert len(answer["impact"]) == 91


async def test_no_grace_deletes_what_was_forgotten_at_once(acme: App) -> None:
    await database(acme).write(
        "CREATE instruction:a SET label = 'l', description = 'd', scope = <set>[], valid_until = $now, "
        "forgotten_at = $now, created_at = $now",
        {"now": NOW},
    )
    acme.clock.advance(3600)
    assert ok(await acme.http.post(EXPIRE))["deleted_count"] == 0
    acme.clock.advance(30 * 24 * 3600)
    assert ok(await acme.http.post(EXPIRE))["contexts"][0]["by"] == [
        {"table": "instruction", "memory_category": "instructions", "policy": "expired_grace: 30d", "count": 1}
    ]


async def test_a_sweep_cut_off_by_a_crash_binds_nobody_after_a_restart(acme: App) -> None:
    assert await acme.server.retention.lease.acquire("gone")
    async with running(
        acme.server.settings.data_path, clock=acme.clock, engine=acme.server.engine, key=acme.key
    ) as again:
        ok(await again.http.post(EXPIRE))
