"""Dry run, preview and sweep name exactly what the model names."""

import os
import random
from datetime import datetime, timedelta

import pytest
from surrealdb.data.types.set import SurrealSet

from server.control.audit import SYSTEM
from server.core.retention import Policy
from server.core.scope import Attribute, Scope
from server.retention.cleaning import Wanted
from server.retention.fates import micros
from server.retention.plan import Plan
from server.retention.preview import Preview, Section
from server.retention.rules import Rules
from server.store.engine import Database
from tests.retention.conftest import Memory
from tests.retention.model import GRACE, Attributes, Policies, doomed
from tests.retention.world import NOW, World, name_of, names, policy, store
from tests.support.app import CONTEXT
from tests.support.clock import ManualClock

ROUNDS = int(os.environ.get("SPECTRON_ROUNDS", "20"))
FIRST_SEEDS = {"memory": 0, "embedded": 100_000}
# Nanoseconds within a second, as others may have written them.
PRECISIONS = (
    0, 1, 1_000, 100_000_000, 123_000_000, 123_455_999, 123_456_000, 123_456_001, 123_456_002, 123_456_789, 123_457_000,
    500_000_000, 999_000_000, 999_999_999,
)  # fmt: skip


@pytest.fixture(params=FIRST_SEEDS)
def store_kind(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    return kind


@pytest.fixture
def seeds(store_kind: str) -> range:
    """Others on each store, and on files, which are slower, not so many."""
    count = ROUNDS if store_kind == "memory" else ROUNDS // 4
    return range(FIRST_SEEDS[store_kind], FIRST_SEEDS[store_kind] + count)


@pytest.mark.timeout(60 + 10 * ROUNDS)
async def test_dry_run_and_sweep_delete_what_the_model_says(memory: Memory, seeds: range) -> None:
    total = 0
    for seed in seeds:
        world = World(seed)
        policies = world.policies()
        within: Attributes = world.scope() if seed % 4 == 0 else frozenset()
        await memory.clear()
        await store(memory.database, world.records)
        everything = {record.name for record in world.records}
        expected = doomed(world.records, policies, NOW, within)
        total += len(expected)

        sweeper = memory.sweeper(await memory.under(policies), clock=ManualClock(NOW))
        wanted = Wanted(frozenset({CONTEXT}), scope(within))
        assert await planned(memory.database, policies, wanted.within) == expected, seed
        foretold = await sweeper.dry_run(wanted)
        assert await names(memory.database) == everything, seed
        done = await sweeper.sweep(wanted, SYSTEM)
        assert await names(memory.database) == everything - expected, seed
        assert done.contexts[0].counts == foretold.contexts[0].counts, seed
        assert done.deleted_count == len(expected), seed
        assert (await sweeper.sweep(wanted, SYSTEM)).deleted_count == 0, seed
        assert await dangling(memory.database) == [], seed
    assert total >= len(seeds)


@pytest.mark.timeout(60 + 10 * ROUNDS)
async def test_a_preview_compares_what_the_model_says(memory: Memory, seeds: range) -> None:
    database = memory.database
    for seed in seeds:
        world, days = World(seed), random.Random(seed).choice((1, 10, 45, 90))
        current, other = world.policies(), world.policies()
        proposed = Policies(other.promises, other.retention_days, current.grace)
        await memory.clear()
        await store(database, world.records)
        now, then = (doomed(world.records, policies, NOW) for policies in (current, proposed))

        variants, later = [rules(current), rules(proposed)], NOW + timedelta(days=days)
        plan = Plan(database, variants, later, page=7)
        found = [record async for batch in plan.batches() for record in batch.records]
        for number, policies in enumerate((current, proposed)):
            for until in (NOW, later):
                dues = ((name_of(record.id), record.fates[number].due) for record in found)
                due = {name for name, moment in dues if moment is not None and moment <= micros(until)}
                assert due == doomed(world.records, policies, until), seed

        comparison = await Preview(ManualClock(NOW)).compare(database, *variants, horizon_days=days)
        assert sampled(comparison.newly_deleted) == then - now, seed
        assert sampled(comparison.no_longer_deleted) == now - then, seed
        assert sampled(comparison.unchanged) == now & then, seed
        assert comparison.newly_deleted.count == len(then - now), seed
        assert [sum(day[number] for day in comparison.by_day.values()) for number in (0, 1)] == [
            len(doomed(world.records, policies, later)) for policies in (current, proposed)
        ], seed
        assert await names(database) == {record.name for record in world.records}, seed


@pytest.mark.parametrize("order", ["created_at", "valid_until"])
async def test_nothing_is_lost_between_pages_that_end_within_a_second(memory: Memory, order: str) -> None:
    old, until = NOW - timedelta(days=100), NOW.replace(microsecond=123_456)
    moments = [(old + timedelta(seconds=second), part) for second in (0, 1) for part in PRECISIONS]
    ends = [(until - GRACE, part) for part in PRECISIONS]
    for size in range(1, 6):
        await memory.clear()
        due = []
        for number, (second, part) in enumerate(moments if order == "created_at" else ends):
            name, row = f"{number:02}", {"label": "l", "description": "d", "created_at": old, "scope": SurrealSet([])}
            await memory.database.write(
                f"""CREATE type::record('instruction', $name)
                    CONTENT object::extend($row, {{ {order}: <datetime>$moment }}) RETURN NONE""",
                {"name": name, "row": row, "moment": f"{second:%Y-%m-%dT%H:%M:%S}.{part:09}Z"},
            )
            due += [name] if order == "created_at" or part <= until.microsecond * 1000 else []
        ttl = timedelta(days=5) if order == "created_at" else None
        variants = [Rules((Policy(frozenset(), "instructions", ttl),))]
        plan = Plan(memory.database, variants, until, page=size)
        found = [record async for batch in plan.batches() for record in batch.records]
        assert sorted(str(record.id.id) for record in found) == due, size


async def test_a_forecast_tells_nanoseconds_as_the_sweep_does(memory: Memory) -> None:
    """What the plan of later foresees for a moment is what a plan of that moment finds."""
    ttl, moments = timedelta(days=5), [NOW + timedelta(microseconds=micros) for micros in (-1, 0, 1, 2)]
    for number, part in enumerate((0, 1, 500, 999, 1_000, 1_001, 1_999, 2_000)):
        await memory.database.write(
            """CREATE type::record('instruction', $number) SET label = 'l', description = 'd', scope = <set>[],
                created_at = <datetime>$moment RETURN NONE""",
            {"number": number, "moment": f"{NOW - ttl:%Y-%m-%dT%H:%M:%S}.{part:09}Z"},
        )
    variants = [Rules((Policy(frozenset(), "instructions", ttl),))]

    async def found(until: datetime, by: datetime) -> set[str]:
        records = [
            record async for batch in Plan(memory.database, variants, until).batches() for record in batch.records
        ]
        return {str(record.id.id) for record in records if (record.fates[0].due or 0) <= micros(by)}

    for moment in moments:
        assert await found(moments[-1], moment) == await found(moment, moment), moment
    assert len(await found(moments[-1], moments[-1])) == 8


def sampled(section: Section) -> set[str]:
    return {name_of(sample.id) for counted in section.groups.values() for sample in counted.samples}


def scope(attributes: Attributes) -> Scope:
    return frozenset(Attribute(*attribute) for attribute in attributes)


def rules(policies: Policies) -> Rules:
    return Rules(tuple(map(policy, policies.promises)), policies.retention_days, policies.grace)


async def planned(database: Database, policies: Policies, within: Scope) -> set[str]:
    plan = Plan(database, [rules(policies)], NOW, within=within, page=5)
    found = [name_of(record.id) async for batch in plan.batches() for record in batch.records]
    assert len(found) == len(set(found))
    return set(found)


async def dangling(database: Database) -> list[object]:
    """Links from what is left to what is not."""
    links = {
        "attribute": ("entity", "supersedes", "superseded_by", "source_turn"),
        "relates_to": ("in", "out", "source_turn"),
        "entity": ("source_turn",),
        "instruction": ("source_turn",),
        "uncertainty": ("source_turn",),
        "memory_chunk": ("session", "source_turn"),
        "turn": ("session",),
    }
    texts = [
        f"SELECT VALUE id FROM {table} WHERE {column} != NONE AND !record::exists({column})"
        for table, columns in links.items()
        for column in columns
    ]
    return [record for rows in await database.read("; ".join(texts)) for record in rows]
