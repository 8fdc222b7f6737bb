"""Liveness, readiness and metrics, which need no key."""

from pathlib import Path

from server.core.errors import TransactionConflictError
from server.store.binding import Binding
from server.store.engine import Database
from tests.http.problem import slug_of
from tests.support.app import App, running
from tests.support.clock import FakeClock
from tests.support.engines import WatchedEngine

READY = "/api/v1/ready"


async def test_health_needs_no_key(app: App) -> None:
    anonymous = await app.client()
    answer = await anonymous.get("/api/v1/health")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"
    assert set(answer.json()) == {"status", "version", "uptime_seconds"}


async def test_ready_when_everything_is(acme: App) -> None:
    report = (await (await acme.client()).get(READY)).json()
    assert (report["status"], report["started"], report["contexts"]) == ("ready", True, [])
    assert report["engine"]["state"] == "ok"


async def test_not_ready_while_the_database_is_away(tmp_path: Path, clock: FakeClock, watched: WatchedEngine) -> None:
    async with running(tmp_path, clock=clock, engine=watched) as app:
        watched.fail(1, calls=1000)
        answer = await app.http.get(READY)
        assert (answer.status_code, answer.json()["status"]) == (503, "unavailable")
        assert answer.json()["engine"]["reason"]
        assert (await app.http.get("/api/v1/health")).status_code == 200
        watched.heal()
        assert (await app.http.get(READY)).status_code == 200


async def test_a_start_beside_that_of_another_process_is_tried_again(
    tmp_path: Path, clock: FakeClock, watched: WatchedEngine
) -> None:
    watched.kind, clock.short_seconds = "remote", 2.0
    lost = iter([TransactionConflictError("A transaction lost against another one.")])

    async def lose(_: str) -> None:
        for error in lost:
            raise error

    watched.intercept = lose
    async with running(tmp_path, clock=clock, engine=watched) as app:
        assert (await app.http.get(READY)).status_code == 200
    assert next(lost, None) is None


async def test_a_context_whose_migration_fails_is_alone_in_that_and_heals(
    tmp_path: Path, clock: FakeClock, watched: WatchedEngine
) -> None:
    async with running(tmp_path, clock=clock, engine=watched) as app:
        key = app.key
        for name in ("good", "bad"):
            await app.context(name)
        database = Database(watched, Binding("bad", "prod"))
        (record,) = await database.rows("SELECT * FROM _migrations WHERE record::id(id) = 1")
        await database.write("UPDATE _migrations SET checksum = 'other' WHERE record::id(id) = 1")
    async with running(tmp_path, clock=clock, engine=watched, key=key) as app:
        answer = await app.http.get(READY)
        assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
        (problem,) = answer.json()["contexts"]
        assert (problem["id"], problem["state"]) == ("bad", "failed")
        assert "V1__schema.surql" in problem["reason"]
        assert (await app.http.get("/api/v1/contexts/good/keys")).status_code == 200
        refused = await app.http.get("/api/v1/contexts/bad/keys")
        assert slug_of(refused) == "unavailable"
        assert "V1__schema.surql" in refused.json()["detail"]
        shown = (await app.http.get("/api/v1/contexts/bad")).json()
        assert (shown["state"], shown["reason"]) == ("failed", problem["reason"])
        assert (await app.http.get("/metrics")).text.count("spectron_engine_contexts_failed 1.0") == 1
        await database.write(
            "UPDATE _migrations SET checksum = $was WHERE record::id(id) = 1", {"was": record["checksum"]}
        )
        await app.server.control.contexts.migrate_failed()
        assert (await app.http.get(READY)).json()["status"] == "ready"
        assert (await app.http.get("/api/v1/contexts/bad/keys")).status_code == 200


async def test_a_failed_context_that_is_deleted_is_no_problem_any_more(
    tmp_path: Path, clock: FakeClock, watched: WatchedEngine
) -> None:
    async with running(tmp_path, clock=clock, engine=watched) as here:
        await here.context("bad")
        await watched.write(Binding("bad", "prod"), "UPDATE _migrations SET checksum = 'other'")
        async with running(tmp_path, clock=clock, engine=watched, key=here.key) as there:
            assert (await there.http.get(READY)).json()["status"] == "degraded"
            assert (await here.http.delete("/api/v1/contexts/bad")).status_code == 204
            await there.server.control.contexts.migrate_failed()
            assert (await there.http.get(READY)).json()["status"] == "ready"
            assert await watched.databases("bad") == set()
