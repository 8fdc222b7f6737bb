"""`spectrond migrate`: what it says and does while no server runs."""

from pathlib import Path

from server.app import Server
from server.maintenance import apply_migrations, migration_status
from server.settings import Settings
from server.store.binding import Binding
from server.store.embedded import EmbeddedEngine
from tests.support.app import MASTER_KEY, CountingHasher, running
from tests.support.clock import FakeClock


def server(folder: Path) -> Server:
    values = {"data_dir": folder, "database_url": "embedded", "master_key": MASTER_KEY}
    return Server(Settings.model_validate(values), clock=FakeClock(), hasher=CountingHasher())


async def test_a_new_store_is_reported_as_such_and_brought_up_to_date(tmp_path: Path) -> None:
    before = await migration_status(server(tmp_path))
    assert {(one["database"], one["state"]) for one in before} == {
        ("spectron/metadata", "pending"),
        ("spectron/_jobqueue", "pending"),
    }
    assert {one["error"] for one in await apply_migrations(server(tmp_path))} == {None}
    assert {one["state"] for one in await migration_status(server(tmp_path))} == {"applied"}


async def test_one_context_that_fails_does_not_stop_the_others(tmp_path: Path) -> None:
    async with running(tmp_path, database_url="embedded") as app:
        for name in ("a", "broken", "c"):
            await app.context(name)
    async with EmbeddedEngine(tmp_path / "store", FakeClock()) as engine:
        await engine.write(Binding("broken", "prod"), "UPDATE _migrations SET checksum = 'other'")
        await engine.write(Binding("c", "prod"), "DELETE _migrations; REMOVE TABLE document")
    states = {one["database"]: one["state"] for one in await migration_status(server(tmp_path)) if one["version"] == 1}
    assert (states["a/prod"], states["broken/prod"], states["c/prod"]) == ("applied", "changed", "pending")
    results = {one["database"]: one for one in await apply_migrations(server(tmp_path))}
    assert results["a/prod"]["error"] is None
    assert "with other contents" in results["broken/prod"]["error"]
    assert "already exists" in results["c/prod"]["error"]
    assert results["a/prod"]["applied"] == []


async def test_it_changes_nothing_but_the_schema(tmp_path: Path) -> None:
    async with running(tmp_path, database_url="embedded") as app:
        await app.context()
        key = app.key
    await apply_migrations(server(tmp_path))
    async with running(tmp_path, database_url="embedded", key=key) as app:
        assert [one["id"] for one in (await app.http.get("/api/v1/contexts")).json()["contexts"]] == ["acme"]
