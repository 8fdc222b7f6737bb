"""The plan, its preview and its execution name exactly what the model names."""

import os

import pytest

from server.core.scope import EMPTY, Attribute
from server.index.writes import NoIndex
from server.retention.deletion import Deletion
from server.retention.plan import Plan
from server.retention.rules import Rules
from server.store.engine import Database
from tests.retention.model import Policies, doomed
from tests.retention.world import NOW, TABLES, World, name_of, names, policy, store

ROUNDS = int(os.environ.get("SPECTRON_ROUNDS", "40"))
CLEAR = "".join(f"DELETE {table} RETURN NONE;" for table in TABLES)


@pytest.mark.timeout(60 + ROUNDS)
async def test_dry_run_and_sweep_delete_what_the_model_says(memory: Database) -> None:
    total = 0
    for seed in range(ROUNDS):
        world = World(seed)
        policies = world.policies()
        within = world.scope() if seed % 4 == 0 else frozenset()
        await memory.write(CLEAR)
        await store(memory, world.records)
        expected = doomed(world.records, policies, NOW, within)
        total += len(expected)

        plan = planned(memory, policies, within)
        assert await named(plan) == expected, seed
        await sweep(memory, plan)
        assert await names(memory) == {record.name for record in world.records} - expected, seed
        assert await named(plan) == set(), seed
        assert await dangling(memory) == [], seed
    assert total > ROUNDS


def planned(memory: Database, policies: Policies, within: frozenset[tuple[str, str]] = frozenset()) -> Plan:
    scope = frozenset(Attribute(*attribute) for attribute in within) or EMPTY
    return Plan(memory, [rules(policies)], NOW, within=scope, page=5)


def rules(policies: Policies) -> Rules:
    return Rules(tuple(map(policy, policies.promises)), policies.retention_days, policies.grace)


async def named(plan: Plan) -> set[str]:
    found = [name_of(record.id) async for batch in plan.batches() for record in batch.records]
    assert len(found) == len(set(found))
    return set(found)


async def sweep(memory: Database, plan: Plan) -> None:
    deletion = Deletion(NoIndex(), fence=1)
    async for batch in plan.batches():
        if batch.records:
            assert await deletion.delete(memory, plan.conditions, batch)


async def dangling(memory: Database) -> list[object]:
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
    return [record for rows in await memory.read("; ".join(texts)) for record in rows]
