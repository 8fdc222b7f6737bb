"""Migrations applied by several processes, and by one that is killed."""

import os
import re
from pathlib import Path

from server.core.clock import SystemClock
from server.store.binding import Binding
from server.store.embedded import EmbeddedEngine
from server.store.migrations import Migrator, load
from tests.support.database_server import DatabaseServer
from tests.support.processes import Process

ROUNDS = int(os.environ.get("SPECTRON_ROUNDS", "3"))
DATABASES = 8


def applying(place: str, namespace: str, count: int, log: Path) -> Process:
    return Process.python("tests.store.apply_migrations", place, namespace, str(count), log=log)


def test_of_two_processes_exactly_one_applies_each(shared_server: DatabaseServer, tmp_path: Path) -> None:
    with (
        applying(shared_server.url, tmp_path.name, DATABASES, tmp_path / "one.log") as one,
        applying(shared_server.url, tmp_path.name, DATABASES, tmp_path / "two.log") as two,
    ):
        for process in (one, two):
            process.wait_for("done")
            assert process.wait() == 0
        applied = re.findall(r"(d\d+): 1 applied", one.output + two.output)
    assert sorted(applied) == sorted(f"d{number}" for number in range(DATABASES))


async def test_a_killed_process_leaves_whole_migrations_or_none(tmp_path: Path) -> None:
    store = tmp_path / "store"
    for number in range(ROUNDS):
        with applying(str(store), f"round{number}", 10_000, tmp_path / f"{number}.log") as process:
            process.wait_for(rf"d{number * 5 % 12}: ")
            process.kill()
            acknowledged = re.findall(r"(d\d+): 1 applied", process.output)
        engine = EmbeddedEngine(store, SystemClock())
        await engine.open()
        try:
            found = await schema_sizes(engine, f"round{number}")
        finally:
            await engine.close()
        assert set(acknowledged) <= {database for database, size in found.items() if any(size)}
        assert len(set(found.values()) - {(0, 0)}) == 1


async def schema_sizes(engine: EmbeddedEngine, namespace: str) -> dict[str, tuple[int, int]]:
    """The numbers of tables and of recorded migrations, by database."""
    migrator = Migrator(engine, SystemClock())
    sizes = {}
    for database in await engine.databases(namespace):
        binding = Binding(namespace, database)
        (info,) = await engine.read(binding, "INFO FOR DB")
        statuses = await migrator.status(binding, load("context"))
        sizes[database] = (len(info["tables"]), sum(status.state == "applied" for status in statuses))
    return sizes
