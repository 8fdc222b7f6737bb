"""Migrations applied by several processes, and by one that is killed."""

import os
import re
from collections import Counter
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
        reported = re.findall(r"(d\d+): (\d+) applied", one.output + two.output)
    applied: Counter[str] = Counter()
    for database, count in reported:
        applied[database] += int(count)
    assert applied == {f"d{number}": len(load("context")) for number in range(DATABASES)}


async def test_a_killed_process_leaves_whole_migrations_or_none(tmp_path: Path) -> None:
    store = tmp_path / "store"
    for number in range(ROUNDS):
        with applying(str(store), f"round{number}", 10_000, tmp_path / f"{number}.log") as process:
            process.wait_for(rf"d{number * 5 % 12}: ")
            process.kill()
            acknowledged = set(re.findall(r"(d\d+): \d+ applied", process.output))
        engine = EmbeddedEngine(store, SystemClock())
        await engine.open()
        try:
            found = await schema_sizes(engine, f"round{number}")
        finally:
            await engine.close()
        assert {found[database][1] for database in acknowledged} == {len(load("context"))}
        # As many tables as its recorded migrations make: none of them is there in part.
        assert len(set(found.values())) == len({recorded for _, recorded in found.values()})


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
