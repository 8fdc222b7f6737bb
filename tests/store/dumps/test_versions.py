"""Dumps of other versions: older ones are brought up to date, newer ones refused."""

import json
from typing import Any

import pytest

from server.core.errors import UnprocessableError
from server.store.binding import Binding
from server.store.dumps.marks import HEADER
from server.store.engine import Engine
from server.store.migrations import load
from tests.store.dumps.world import dumped, filled, loaded, migrated, totals

CURRENT = len(load("context"))


@pytest.fixture
def other(binding: Binding) -> Binding:
    return Binding(binding.namespace, "other")


async def test_an_older_dump_is_brought_up_to_date(engine: Engine, binding: Binding, other: Binding) -> None:
    await migrated(engine, binding, versions=1)
    await filled(engine, binding, seed=1, rows=3)
    before = await totals(engine, binding)

    done = await loaded(engine, other, await dumped(engine, binding))

    assert done.header.schema_version == 1
    assert done.migrated == tuple(range(2, CURRENT + 1))
    after = await totals(engine, other)
    assert after.tables["turn"] == before.tables["turn"]
    assert set(after.indexes) > set(before.indexes)
    await migrated(engine, binding)
    assert (await totals(engine, binding)).indexes == after.indexes


async def with_header(engine: Engine, binding: Binding, **changes: Any) -> bytes:
    """A dump whose header says something else."""
    await migrated(engine, binding)
    opening, header, *rest = (await dumped(engine, binding)).decode().split("\n")
    document = json.loads(header.removeprefix(HEADER)) | changes
    return "\n".join([opening, HEADER + json.dumps(document), *rest]).encode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"schema_version": CURRENT + 1}, "the version of Spectron that made it"),
        ({"schema_version": 0}, "schema version"),
        ({"schema_version": 1}, "definitions"),
        ({"format": 2}, "format 2"),
        ({"kind": "control"}, "control"),
        ({"kind": "person"}, "not a dump"),
        ({"rows": ["blocks"]}, "not a dump"),
        ({"more": 1}, "not a dump"),
    ],
)
async def test_what_this_version_cannot_read_is_refused(
    engine: Engine, binding: Binding, other: Binding, changes: dict[str, Any], words: str
) -> None:
    dump = await with_header(engine, binding, **changes)

    with pytest.raises(UnprocessableError, match=words):
        await loaded(engine, other, dump)


async def test_another_version_of_the_engine_may_word_its_definitions_differently(
    engine: Engine, binding: Binding, other: Binding
) -> None:
    dump = await with_header(engine, binding, engine_version="9.9.9")
    reworded = dump.replace(b" PERMISSIONS NONE;", b" PERMISSIONS NONE COMMENT '';")

    await loaded(engine, other, reworded)

    assert (await totals(engine, other)).indexes == (await totals(engine, binding)).indexes
