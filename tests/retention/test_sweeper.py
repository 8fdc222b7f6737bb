"""Sweeps: one at a time, each Context by itself, written down, audited, and gone on with after any end."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from datetime import timedelta

import pytest
from surrealdb import RecordID

from server.control.audit import SYSTEM
from server.core.errors import ConflictError, ContextNotFoundError, FencedError, UnavailableError
from server.core.scope import EMPTY, parse
from server.index.writes import IndexedChunk
from server.observe.events import Wanted as Followed
from server.observe.traffic import Traffic
from server.retention.cleaning import Cleaner, Wanted
from server.retention.deletion import Deletion
from server.retention.plan import Plan
from server.retention.sweeper import STOPPED, Sweeper
from server.retention.sweeps import INTERRUPTED
from server.store.engine import Database
from tests.retention.conftest import Memory
from tests.retention.model import Policies, doomed
from tests.retention.world import NOW, World, name_of, names, store
from tests.support.app import CONTEXT


@pytest.fixture
async def world(memory: Memory) -> World:
    world = World(5, size=8)
    await store(memory.database, world.records)
    assert doomed(world.records, Policies(), NOW)
    return world


class Recorder:
    """An index that remembers what it was told, and can hold a sweep up."""

    def __init__(self) -> None:
        self.removed: list[RecordID] = []
        self.changed: list[RecordID] = []
        self.told = asyncio.Event()
        self.go_on = asyncio.Event()

    async def chunks_added(self, database: Database, chunks: Sequence[IndexedChunk]) -> None:
        raise AssertionError(f"a sweep adds nothing: {database.binding} {chunks}")

    async def chunks_removed(self, database: Database, ids: Sequence[RecordID]) -> None:
        assert database.binding.namespace == CONTEXT
        self.removed += ids
        self.told.set()
        await self.go_on.wait()

    async def entities_changed(self, database: Database, ids: Sequence[RecordID]) -> None:
        assert database.binding.namespace == CONTEXT
        self.changed += ids


async def recorded(memory: Memory, index: Recorder) -> Sweeper:
    """A sweeper like the server's own, with another index."""
    sweeper = memory.sweeper(await memory.under(Policies()))
    sweeper._cleaner = Cleaner(await memory.under(Policies()), index, Traffic(), memory.clock)
    return sweeper


async def test_the_index_is_told_which_chunks_and_entities_are_gone(memory: Memory, world: World) -> None:
    index = Recorder()
    index.go_on.set()
    sweep = await (await recorded(memory, index)).sweep(Wanted(), SYSTEM)
    gone = doomed(world.records, Policies(), NOW)
    assert set(map(name_of, index.removed)) == {name for name in gone if name.startswith("memory_chunk:")}
    assert set(map(name_of, index.changed)) == {name for name in gone if name.startswith("entity:")}
    assert index.removed
    assert sweep.error is None


async def test_a_second_sweep_is_refused_and_the_same_one_joined(memory: Memory, world: World) -> None:
    index = Recorder()
    sweeper = await recorded(memory, index)
    first = asyncio.create_task(sweeper.sweep(Wanted(), SYSTEM))
    await index.told.wait()
    joined = asyncio.create_task(sweeper.sweep(Wanted(), SYSTEM))
    with pytest.raises(ConflictError, match="running already"):
        await sweeper.sweep(Wanted(frozenset({CONTEXT})), SYSTEM)
    other = memory.sweeper(await memory.under(Policies()))
    with pytest.raises(ConflictError, match="running already"):
        await other.sweep(Wanted(), SYSTEM)
    assert (await sweeper.dry_run(Wanted())).deleted_count < len(doomed(world.records, Policies(), NOW))
    index.go_on.set()
    assert await first is await joined
    assert (await other.sweep(Wanted(), SYSTEM)).deleted_count == 0


async def test_a_caller_that_leaves_does_not_stop_it(memory: Memory, world: World) -> None:
    index = Recorder()
    sweeper = await recorded(memory, index)
    caller = asyncio.create_task(sweeper.sweep(Wanted(), SYSTEM))
    await index.told.wait()
    caller.cancel()
    await asyncio.wait({caller})
    index.go_on.set()
    await sweeper.sweep(Wanted(), SYSTEM)
    expected = {record.name for record in world.records} - doomed(world.records, Policies(), NOW)
    assert await names(memory.database) == expected


async def test_closing_stops_it_and_the_next_one_goes_on(memory: Memory, world: World) -> None:
    index = Recorder()
    sweeper = await recorded(memory, index)
    caller = asyncio.create_task(sweeper.sweep(Wanted(), SYSTEM))
    await index.told.wait()
    await sweeper.close()
    await asyncio.wait({caller})
    assert caller.cancelled()
    report = (await memory.server.retention.sweeps.page(limit=1))[0]
    assert (report["state"], report["error"]) == ("failed", STOPPED)
    await memory.server.retention.sweeper.sweep(Wanted(), SYSTEM)
    expected = {record.name for record in world.records} - doomed(world.records, Policies(), NOW)
    assert await names(memory.database) == expected


async def test_a_sweep_whose_process_is_gone_is_called_interrupted(memory: Memory) -> None:
    sweeps, lease = memory.server.retention.sweeps, memory.server.retention.lease
    sweep = sweeps.begin()
    await lease.acquire(sweep.id)
    await sweeps.save(sweep)
    assert (await sweeps.page(limit=1))[0]["state"] == "running"
    memory.clock.advance(3600)
    report = (await sweeps.page(limit=1))[0]
    assert (report["state"], report["error"]) == ("interrupted", INTERRUPTED)


async def test_one_context_that_fails_does_not_stop_the_others(memory: Memory, world: World) -> None:
    await memory.app.context("broken")
    memory.server.control.contexts.problems["broken"] = "V3 could not be applied"
    sweep = await memory.server.retention.sweeper.sweep(Wanted(), SYSTEM)
    reports = {report.id: report for report in sweep.contexts}
    assert "V3 could not be applied" in str(reports["broken"].error)
    assert reports[CONTEXT].error is None
    assert reports[CONTEXT].deleted_count == len(doomed(world.records, Policies(), NOW))
    assert (await memory.server.retention.sweeps.page(limit=1))[0]["state"] == "failed"
    foretold = await memory.server.retention.sweeper.dry_run(Wanted())
    assert [bool(report.error) for report in foretold.contexts] == [False, True]


async def test_an_unknown_context_is_named_before_anything_begins(memory: Memory) -> None:
    with pytest.raises(ContextNotFoundError):
        await memory.server.retention.sweeper.sweep(Wanted(frozenset({"nope"})), SYSTEM)
    assert await memory.server.retention.sweeps.page(limit=5) == []


async def test_what_deleted_something_is_audited_without_content(memory: Memory, world: World) -> None:
    sweep = await memory.server.retention.sweeper.sweep(Wanted(), SYSTEM)
    await memory.server.retention.sweeper.sweep(Wanted(), SYSTEM)
    answer = await memory.app.http.get(f"/api/v1/contexts/{CONTEXT}/audit?kind=sweep")
    (event,) = answer.json()["events"]
    assert (event["action"], event["actor"], event["outcome"]) == ("lifecycle.expire", "system", "done")
    assert event["detail"]["deleted_count"] == len(doomed(world.records, Policies(), NOW)) == sweep.deleted_count
    assert event["detail"]["sweep"] == sweep.id
    assert sum(event["detail"]["by_table"].values()) == sweep.deleted_count
    assert set(event["detail"]) == {"deleted_count", "by_table", "sweep"}


async def test_an_earlier_sweep_is_refused_by_the_context_itself(memory: Memory, world: World) -> None:
    rules = memory.server.retention.policies.rules(await memory.server.control.contexts.registry.get(CONTEXT))
    plan = Plan(memory.database, [rules], NOW)
    late, next_one = (Deletion(Recorder(), fence) for fence in (7, 8))
    await late.enter(memory.database)
    await next_one.enter(memory.database)
    before = await names(memory.database)
    records = [record async for batch in plan.batches() for record in batch.records if batch.table.chained]
    with pytest.raises(FencedError) as refused:
        await late.chains(memory.database, plan.conditions, [record.id for record in records])
    assert refused.value.highest == 8
    with pytest.raises(FencedError):
        await late.enter(memory.database)
    assert await names(memory.database) == before
    assert before == {record.name for record in world.records}


async def test_a_context_from_another_control_plane_is_swept_all_the_same(memory: Memory, world: World) -> None:
    await Deletion(Recorder(), 1000).enter(memory.database)
    sweep = await memory.server.retention.sweeper.sweep(Wanted(), SYSTEM)
    assert sweep.deleted_count == len(doomed(world.records, Policies(), NOW))
    held = await memory.server.retention.lease.acquire("next")
    assert held
    assert held.fence > 1000


async def test_chains_that_changed_since_they_were_planned_stay(memory: Memory) -> None:
    world = World(11, size=10)
    await store(memory.database, world.records)
    rules = memory.server.retention.policies.rules(await memory.server.control.contexts.registry.get(CONTEXT))
    plan = Plan(memory.database, [rules], NOW)
    planned = [record.id async for batch in plan.batches() for record in batch.records if batch.table.chained]
    assert planned
    await memory.database.write(
        "UPDATE $id SET valid_until = NONE, forgotten_at = NONE, memory_category = 'identity'", {"id": planned[0]}
    )
    before = await names(memory.database)
    assert not await Deletion(Recorder(), 1).chains(memory.database, plan.conditions, planned)
    assert await names(memory.database) == before


async def test_a_context_deleted_while_it_is_swept_is_left_out(memory: Memory, world: World) -> None:
    await memory.app.context("brief")
    index = Recorder()
    sweeper = await recorded(memory, index)
    running = asyncio.create_task(sweeper.sweep(Wanted(), SYSTEM))
    await index.told.wait()
    assert (await memory.app.http.delete("/api/v1/contexts/brief")).status_code == 204
    index.go_on.set()
    assert [report.id for report in (await running).contexts] == [CONTEXT]
    assert "brief" not in str(await memory.server.engine.databases("brief"))
    assert world.records


class Counting:
    """A chore that says how often it was done."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.done = 0

    async def tidy(self, context_id: str = CONTEXT, database: Database | None = None) -> int:
        assert context_id == CONTEXT
        assert database is None or database.binding.namespace == CONTEXT
        self.done += 1
        return 10 * self.done


async def test_chores_are_done_for_whole_contexts_and_once_for_the_server(memory: Memory) -> None:
    own, server = Counting("cache"), Counting("jobs")
    sweeper = memory.sweeper(await memory.under(Policies()), (own,), (server,))
    sweep = await sweeper.sweep(Wanted(), SYSTEM)
    assert (sweep.contexts[0].chores, sweep.chores) == ({"cache": 10}, {"jobs": 10})
    sweep = await sweeper.sweep(Wanted(frozenset({CONTEXT})), SYSTEM)
    assert (sweep.contexts[0].chores, sweep.chores) == ({"cache": 20}, {})
    floor = parse({"org": "a"})
    sweep = await sweeper.sweep(Wanted(frozenset({CONTEXT}), floor), SYSTEM)
    assert (sweep.contexts[0].chores, sweep.chores) == ({}, {})
    assert floor != EMPTY
    await sweeper.dry_run(Wanted())
    assert (own.done, server.done) == (2, 1)


class Broken(Counting):
    async def tidy(self, context_id: str = CONTEXT, database: Database | None = None) -> int:
        raise UnavailableError(f"The store of {context_id} in {database} is away.")


async def test_a_chore_that_fails_is_said_and_the_lease_is_free_again(memory: Memory) -> None:
    sweeper = memory.sweeper(await memory.under(Policies()), (), (Broken("jobs"),))
    with pytest.raises(UnavailableError):
        await sweeper.sweep(Wanted(), SYSTEM)
    assert (await memory.server.retention.sweeps.page(limit=1))[0]["state"] == "failed"
    memory.clock.advance(1)
    assert (await memory.server.retention.sweeper.sweep(Wanted(), SYSTEM)).error is None


async def test_policies_that_change_in_mid_sweep_hold_at_once(memory: Memory, world: World) -> None:
    index = Recorder()
    sweeper = await recorded(memory, index)
    running = asyncio.create_task(sweeper.sweep(Wanted(), SYSTEM))
    await index.told.wait()
    kept = {"scope": {}, "memory_category": "context", "ttl": "indefinite"}
    before = await names(memory.database)
    await memory.app.http.put(f"/api/v1/contexts/{CONTEXT}/retention", json=[kept])
    index.go_on.set()
    await running
    later = Policies([], None, timedelta(days=30))
    due_by_end = {record.name for record in world.records if record.ended}
    assert before - await names(memory.database) <= due_by_end & doomed(world.records, later, NOW)


async def test_who_follows_events_is_told(memory: Memory, world: World) -> None:
    async with aclosing(memory.server.events.follow(Followed(kinds=frozenset({"sweep"})))) as events:
        heard = asyncio.ensure_future(anext(events))
        await asyncio.sleep(0)
        sweep = await memory.server.retention.sweeper.sweep(Wanted(), SYSTEM)
        told = [await heard, await anext(events), await anext(events)]
    assert [(event.context_id, event.data["state"], event.data["deleted_count"]) for event in told if event] == [
        (None, "running", 0),
        (CONTEXT, "done", sweep.deleted_count),
        (None, "done", sweep.deleted_count),
    ]
    assert world.records
