"""Chains of values: none loses a part, and none goes while any part of it must stay."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from surrealdb import RecordID

from server.control.audit import SYSTEM
from server.retention.cleaning import Wanted
from server.retention.pace import LARGE
from tests.retention.conftest import Memory
from tests.retention.model import GRACE, Policies, Promise
from tests.retention.world import NOW
from tests.support.app import CONTEXT

DAY = timedelta(days=1)
LONG_AGO = NOW - 100 * DAY
SHORT = Policies([Promise(frozenset(), name, DAY) for name in ("identity", "knowledge", "context")])
ORG_A = [RecordID("scope_attribute", ["org", "a"])]
DOCUMENT = {"kind": "document"}
CREATE = """CREATE type::record('attribute', $id) CONTENT object::extend($row, { scope: <set>$scope }) RETURN NONE"""


def ended(days: float) -> dict[str, Any]:
    return {"valid_until": NOW - days * DAY}


LIVING: Mapping[str, Mapping[str, Any]] = {
    "of another category": {"memory_category": "knowledge"},
    "soft-deleted of late": {"memory_category": "identity", **ended(GRACE / DAY - 1)},
    "of a document": {"source": DOCUMENT},
    "of a document and ended": {"source": DOCUMENT, **ended(90)},
    "young": {"created_at": NOW - 6 * DAY},
    "of another scope": {"scope": ORG_A},
}


async def chain(memory: Memory, *values: Mapping[str, Any]) -> None:
    """Values by number, each replaced by the next unless it says otherwise; old and of the category context."""
    for number, value in enumerate(values):
        row: dict[str, Any] = {
            "entity": RecordID("entity", ["Thing", "a"]),
            "key": "likes",
            "value": "v",
            "memory_category": "context",
            "created_at": LONG_AGO,
            "superseded_by": RecordID("attribute", number + 1) if number + 1 < len(values) else None,
        } | dict(value)
        scope = row.pop("scope", [])
        present = {name: column for name, column in row.items() if column is not None}
        await memory.database.write(CREATE, {"id": number, "row": present, "scope": scope})


async def sweep(memory: Memory, policies: Policies = SHORT) -> set[int]:
    """What is left after a sweep that does just what its dry run foretold."""
    sweeper, wanted = memory.sweeper(await memory.under(policies)), Wanted(frozenset({CONTEXT}))
    foretold = await sweeper.dry_run(wanted)
    done = await sweeper.sweep(wanted, SYSTEM)
    assert done.contexts[0].error is None
    assert done.contexts[0].counts == foretold.contexts[0].counts
    (found,) = await memory.database.read("SELECT VALUE id FROM attribute")
    return {record.id for record in found}


@pytest.mark.parametrize("length", [1, 2, 3, LARGE + 50])
async def test_a_chain_that_is_due_goes_whole(memory: Memory, length: int) -> None:
    await chain(memory, *[{}] * length)
    assert await sweep(memory) == set()


async def test_one_value_that_must_stay_keeps_all(memory: Memory) -> None:
    kept = Policies([Promise(frozenset({("org", "a")}), "context", None)])
    for why, living in LIVING.items():
        for place in range(3):
            values: list[Mapping[str, Any]] = [{}, {}, {}]
            values[place] = living
            await memory.clear()
            await chain(memory, *values)
            assert await sweep(memory, kept) == {0, 1, 2}, (why, place)


async def test_a_chain_goes_with_its_head_that_was_soft_deleted_long_ago(memory: Memory) -> None:
    await chain(memory, {"memory_category": "identity", **ended(99)}, {"memory_category": "identity", **ended(31)})
    assert await sweep(memory, Policies()) == set()


@pytest.mark.parametrize("length", [1, 2, 3])
async def test_values_that_replace_each_other_in_a_circle_stay(memory: Memory, length: int) -> None:
    values: list[dict[str, Any]] = [dict(ended(90)) for _ in range(length)]
    values[-1]["superseded_by"] = RecordID("attribute", 0)
    await chain(memory, *values)
    assert await sweep(memory) == set(range(length))


async def test_a_tail_that_leads_into_a_circle_stays(memory: Memory) -> None:
    await chain(memory, {}, {}, {"superseded_by": RecordID("attribute", 1)})
    assert await sweep(memory) == {0, 1, 2}


async def test_a_value_whose_successor_is_gone_is_a_head(memory: Memory) -> None:
    await chain(memory, {}, {"superseded_by": RecordID("attribute", 99)})
    assert await sweep(memory) == set()


@pytest.mark.parametrize("other", [{"key": "loves"}, {"entity": RecordID("entity", ["Thing", "b"])}])
async def test_a_chain_across_keys_or_entities_is_one(memory: Memory, other: Mapping[str, Any]) -> None:
    await chain(memory, {"source": DOCUMENT, **other}, {**other}, {})
    assert await sweep(memory) == {0, 1, 2}
    await memory.database.write("UPDATE attribute:0 SET source = { kind: 'turn' }")
    assert await sweep(memory) == set()


async def test_of_two_chains_that_meet_neither_goes_without_the_other(memory: Memory) -> None:
    head = RecordID("attribute", 2)
    await chain(memory, {"superseded_by": head}, {"superseded_by": head, "source": DOCUMENT}, {})
    assert await sweep(memory) == {0, 1, 2}
