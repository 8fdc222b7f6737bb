"""What a dump carries from one database to another is exactly what was there."""

import os
from pathlib import Path

import pytest

from server.core.clock import SystemClock
from server.store.binding import Binding
from server.store.dumps.marks import PASSING, Form, Kind
from server.store.embedded import EmbeddedEngine
from server.store.engine import Engine
from tests.store.dumps.world import dumped, filled, loaded, migrated, totals

SEEDS = range(int(os.environ.get("SPECTRON_ROUNDS", "5")) // 2)


@pytest.mark.parametrize("form", ["blocks", "literals"])
@pytest.mark.parametrize("kind", ["context", "control"])
async def test_rows_of_every_kind_come_back_as_they_were(
    engine: Engine, binding: Binding, form: Form, kind: Kind
) -> None:
    other = Binding(binding.namespace, "other")
    await migrated(engine, binding, kind)
    await filled(engine, binding, seed=1)
    before = await totals(engine, binding, kind)

    done = await loaded(engine, other, await dumped(engine, binding, form, kind), kind)

    assert await totals(engine, other, kind) == before
    assert done.tables == before.tables
    assert all(table.rows for table in before.tables.values())
    assert not PASSING[kind] & before.tables.keys()


@pytest.mark.parametrize("seed", SEEDS)
async def test_it_is_the_same_after_a_way_through_another_engine(engine: Engine, binding: Binding, seed: int) -> None:
    await migrated(engine, binding)
    await filled(engine, binding, seed)
    before = await totals(engine, binding)
    async with EmbeddedEngine(None, SystemClock()) as memory:
        await loaded(memory, binding, await dumped(engine, binding, "blocks"))
        assert await totals(memory, binding) == before

        await loaded(engine, Binding(binding.namespace, "back"), await dumped(memory, binding, "literals"))

    assert await totals(engine, Binding(binding.namespace, "back")) == before


@pytest.mark.parametrize("form", ["blocks", "literals"])
async def test_the_text_can_be_run_as_it_is(engine: Engine, binding: Binding, form: Form) -> None:
    other = Binding(binding.namespace, "other")
    await migrated(engine, binding)
    await filled(engine, binding, seed=6, rows=4)
    await engine.create_database(other)

    await engine.execute(other, (await dumped(engine, binding, form)).decode())

    assert await totals(engine, other) == await totals(engine, binding)
    await migrated(engine, other)


async def test_the_digest_tells_apart_what_looks_alike(engine: Engine, binding: Binding) -> None:
    await migrated(engine, binding)
    # What is NONE in an object is not there at all.
    values = [
        "1",
        "1f",
        "1dec",
        "'1'",
        "[1]",
        "<set>[1]",
        "NULL",
        "NONE",
        "[NONE]",
        "[NULL]",
        "d'2026-01-01T00:00:00Z'",
    ]
    values += ["d'2026-01-01T00:00:00.000000001Z'", "u'0192f9f2-7d3a-7f63-8a6e-2b1f0d7a9c11'", "turn:1", "1ns"]
    found = set()
    for value in values:
        row = f"{{ id: 1, scope: <set>[], metadata: {{ a: {value} }} }}"
        await engine.execute(binding, f"OPTION IMPORT; DELETE session; INSERT INTO session {row}")
        found.add((await totals(engine, binding)).tables["session"].digest)

    assert len(found) == len(values)


async def test_the_store_that_is_exported_stays_untouched(tmp_path: Path) -> None:
    binding = Binding("acme", "prod")
    async with EmbeddedEngine(tmp_path / "store", SystemClock()) as engine:
        await migrated(engine, binding)
        await filled(engine, binding, seed=5)
        await engine.checkpoint()
        files = {
            file: file.read_bytes()
            for folder in ("sstables", "vlog")
            for file in (tmp_path / "store" / folder).iterdir()
        }
        await dumped(engine, binding)
        assert all(file.read_bytes() == content for file, content in files.items() if file.exists())
    assert list((tmp_path / "snapshots").iterdir()) == []
