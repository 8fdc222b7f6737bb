"""The index in memory: never behind, over restarts, crashes and compaction."""

import asyncio
import itertools
import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from surrealdb import RecordID

from server.core.clock import SystemClock
from server.core.errors import UnavailableError
from server.core.waiting import ended
from server.index.chunk import KNOWLEDGE, MEMORY
from server.index.local import LocalIndex
from server.index.saved import Saved
from server.index.search import Question
from server.index.writes import IndexedChunk
from server.store.binding import Binding
from server.store.embedded import EmbeddedEngine
from server.store.engine import Database, Engine
from tests.index.conftest import migrated
from tests.index.world import START, World, direction
from tests.support.clock import ManualClock
from tests.support.engines import WatchedEngine


class Process:
    """A store with its index, as one process has them; `leave` is a clean stop and `crash` is not."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.engine = EmbeddedEngine(folder / "store", SystemClock())
        self.index = LocalIndex(SystemClock(), Saved(folder / "index", folder / "store"))

    async def start(self) -> World:
        self.index.prepare()
        await self.engine.open()
        database = await migrated(self.engine, Binding("acme", "prod"))
        await self.index.open([database])
        return World(database, self.index)

    async def leave(self) -> None:
        await self.index.stop()
        await self.engine.close()
        self.index.seal()

    async def crash(self) -> None:
        """The store has everything that was acknowledged; of the index nothing was saved."""
        await self.engine.close()


async def caught_up(world: World) -> None:
    assert isinstance(world.index, LocalIndex)
    await world.index.caught_up(world.database)
    assert world.index.state(world.database.binding).state == "ready"


@pytest.fixture
async def local(database: Database) -> AsyncIterator[World]:
    index = LocalIndex(SystemClock())
    yield World(database, index)
    await index.stop()


async def test_a_chunk_is_found_once_the_call_returns(local: World) -> None:
    for number in range(300):
        await local.say(f"c{number}", f"word{number} tulips", direction(1, number))
        assert await local.words(f"word{number}", k=1) == [f"c{number}"]
    assert len(await local.words("tulips", k=1000)) == 300


async def test_a_large_search_leaves_the_loop_to_others_and_finds_the_same(database: Database) -> None:
    small, large = LocalIndex(SystemClock()), LocalIndex(SystemClock(), small_work=0)
    here, there = World(database, small), World(database, large)
    for number in range(40):
        await here.say(f"c{number}", f"word{number} tulips", direction(1, number), session=f"s{number % 3}", seq=number)
    await caught_up(there)
    question = Question("word7 tulips", direction(1, 7), here.sees(None))
    assert await there.near(direction(1, 7)) == await here.near(direction(1, 7))
    assert await there.words("word7", k=40) == await here.words("word7", k=40) == ["c7"]
    surveys = [await index.survey(database, MEMORY, question, 40) for index in (small, large)]
    assert set(surveys[0].ids) == set(surveys[1].ids) == {f"c{number}" for number in range(40)}
    turns = itertools.count()

    async def others() -> None:
        while True:
            next(turns)
            await asyncio.sleep(0)

    meanwhile = asyncio.create_task(others())
    await asyncio.sleep(0)
    await here.near(direction(1, 7))
    assert next(turns) == 1
    await there.near(direction(1, 7))
    assert next(turns) > 2
    await ended(meanwhile)
    await asyncio.gather(small.stop(), large.stop())


async def test_a_chunk_that_is_told_again_replaces_itself(local: World) -> None:
    await local.say("c", "tulips", scope={"user": "bob"})
    await local.database.write(
        "UPDATE $id SET scope = <set>$scope",
        {"id": RecordID("memory_chunk", "c"), "scope": [RecordID("scope_attribute", ["user", "alice"])]},
    )
    told = IndexedChunk(RecordID("memory_chunk", "c"), "roses", direction(0, 1), frozenset())
    await local.index.chunks_added(local.database, [told])
    assert await local.words("tulips") == []
    assert await local.words("roses", scope={"user": "alice"}) == ["c"]
    assert await local.words("roses", scope={"user": "bob"}) == []


async def test_a_chunk_that_is_gone_from_the_database_is_not_taken_in(local: World) -> None:
    await local.say("c", "tulips", tell=False)
    await local.delete("c", tell=False)
    await local.index.chunks_added(local.database, local.untold)
    assert await local.words("tulips") == []


async def test_chunks_of_a_document_that_is_gone_or_hidden_are_not_taken_in(local: World) -> None:
    told = IndexedChunk(RecordID("knowledge_chunk", ["d", 1, 0]), "tulips", direction(1), frozenset(), created_at=START)
    await local.index.chunks_added(local.database, [told])
    await local.read_in("d", 0, "tulips in a book")
    await local.index.chunks_removed(local.database, [told.id])
    await local.database.write("UPDATE document:d SET chunk_count = NONE")
    await local.index.chunks_added(local.database, [told])
    assert await local.index.chunks(local.database, KNOWLEDGE, [("d", 1, 0)]) == {}


async def test_a_clean_stop_keeps_everything_and_reads_nothing_again(tmp_path: Path) -> None:
    first = Process(tmp_path)
    world = await first.start()
    await world.say("kept", "tulips and roses", direction(1), scope={"user": "alice"}, labels=["a=1"], seq=3)
    await world.say("gone", "tulips")
    await world.delete("gone")
    await world.read_in("d", 0, "tulips in a book")
    before = await world.index.chunks(world.database, MEMORY, ["kept"])
    await first.leave()

    second = Process(tmp_path)
    world = await second.start()
    assert world.index.state(world.database.binding).state == "ready"
    assert await world.words("rose", scope={"user": "alice"}) == ["kept"]
    assert await world.near(direction(1), scope={"user": "alice"}) == ["kept"]
    assert await world.index.chunks(world.database, MEMORY, ["kept"]) == before
    await world.say("new", "tulips again", scope={"user": "alice"})
    assert await world.words("again tulips", scope={"user": "alice"}) == ["new", "kept"]
    await second.leave()


async def test_after_a_crash_the_saved_index_serves_until_it_is_caught_up(tmp_path: Path) -> None:
    first = Process(tmp_path)
    world = await first.start()
    await world.say("old", "tulips")
    await world.say("stale", "tulips that are forgotten in the crash")
    await first.leave()

    second = Process(tmp_path)
    world = await second.start()
    await world.say("new", "tulips", tell=False)
    await world.delete("stale", tell=False)
    await second.crash()

    third = Process(tmp_path)
    world = await third.start()
    assert world.index.state(world.database.binding).state == "building"
    assert "old" in await world.words("tulips")
    await caught_up(world)
    assert set(await world.words("tulips")) == {"old", "new"}
    await third.leave()


async def test_a_store_that_was_put_there_by_somebody_else_is_read_anew(tmp_path: Path) -> None:
    first = Process(tmp_path)
    world = await first.start()
    await world.say("ours", "tulips")
    await first.leave()
    (tmp_path / "store").rename(tmp_path / "aside")
    other = Process(tmp_path / "elsewhere")
    world = await other.start()
    await world.say("theirs", "tulips")
    await other.leave()
    (tmp_path / "elsewhere" / "store").rename(tmp_path / "store")

    second = Process(tmp_path)
    world = await second.start()
    await caught_up(world)
    assert await world.words("tulips") == ["theirs"]
    await second.leave()


async def test_damaged_files_are_as_good_as_none(tmp_path: Path) -> None:
    first = Process(tmp_path)
    world = await first.start()
    await world.say("c", "tulips")
    await first.leave()
    saved = tmp_path / "index" / "acme" / "prod" / "memory_chunk.npz"
    saved.write_bytes(saved.read_bytes()[:-100])

    second = Process(tmp_path)
    world = await second.start()
    await caught_up(world)
    assert await world.words("tulips") == ["c"]
    await second.leave()


async def test_a_context_that_nobody_looked_at_stays_vouched_for(tmp_path: Path) -> None:
    first = Process(tmp_path)
    world = await first.start()
    await world.say("c", "tulips")
    await first.leave()
    second = Process(tmp_path)
    second.index.prepare()
    await second.engine.open()
    await second.leave()
    third = Process(tmp_path)
    world = await third.start()
    assert world.index.state(world.database.binding).state == "ready"
    await third.leave()


async def test_an_index_that_is_being_opened_is_not_ready_and_has_not_begun(engine: Engine) -> None:
    database = await migrated(engine, Binding("acme", "opened"))
    index = LocalIndex(SystemClock())
    await World(database, index).say("c", "tulips", tell=False)
    opening = asyncio.ensure_future(index.open([database]))
    seen = []
    while not opening.done():
        await asyncio.sleep(0)
        seen.append(index.state(database.binding))
    assert [one for one in seen if one.state == "building"]
    assert all(one.progress == 0 for one in seen if one.state == "building")
    assert index.gauges()["progress"] == 0
    await index.caught_up(database)
    assert index.state(database.binding).progress == 1
    await index.stop()


async def test_a_rebuilt_index_holds_the_same_and_what_was_written_meanwhile(tmp_path: Path) -> None:
    process = Process(tmp_path)
    world = await process.start()
    for number in range(300):
        await world.say(f"c{number:03}", f"word{number} tulips", direction(1, number), scope={"user": "alice"})
    before = process.index.generation(world.database.binding)
    rebuilding = asyncio.ensure_future(process.index.rebuild(world.database))
    seen, gone = [], 0
    while not rebuilding.done():
        assert len(await world.words("tulips", k=1000)) == 300 - gone
        await world.delete(f"c{gone:03}")
        gone += 1
        seen.append(process.index.state(world.database.binding))
    await rebuilding
    assert "building" in {one.state for one in seen}
    assert process.index.state(world.database.binding).state == "ready"
    await world.say("last", "tulips", scope={"user": "alice"})
    expected = {f"c{number:03}" for number in range(gone, 300)} | {"last"}
    assert set(await world.words("tulips", k=1000)) == expected
    assert await world.words("word299", scope={"user": "bob"}) == []
    after = process.index.generation(world.database.binding)
    assert before is not None
    assert after is not None
    assert after > before, "answers from before are not given again"
    await process.leave()
    assert not list((tmp_path / "index").rglob("*.new"))

    second = Process(tmp_path)
    world = await second.start()
    assert world.index.state(world.database.binding).state == "ready"
    assert set(await world.words("tulips", k=1000)) == expected
    (chunk, text) = (await world.index.chunks(world.database, MEMORY, ["c299"]))["c299"]
    assert (chunk.id, text) == ("c299", "word299 tulips")
    await second.leave()


async def test_a_crash_after_a_rebuild_leaves_no_text_in_the_place_of_another(tmp_path: Path) -> None:
    first = Process(tmp_path)
    world = await first.start()
    for number in range(20):
        await world.say(f"c{number}", f"word{number} " * (number + 1))
    await first.leave()
    second = Process(tmp_path)
    world = await second.start()
    await world.delete("c0")
    await second.index.rebuild(world.database)
    await second.crash()

    third = Process(tmp_path)
    world = await third.start()
    while world.index.state(world.database.binding).state == "building":
        shown = await world.index.chunks(world.database, MEMORY, [f"c{number}" for number in range(20)])
        assert all(text.split()[0] == f"word{str(key)[1:]}" for key, (_, text) in shown.items())
    await caught_up(world)
    assert await world.words("word19") == ["c19"]
    assert await world.words("word0") == []
    await third.leave()


async def test_a_rebuild_ends_with_its_database(engine: Engine) -> None:
    watched = WatchedEngine(engine)
    database = await migrated(watched, Binding("acme", "dropped"))
    world = World(database, index := LocalIndex(SystemClock()))
    await world.say("c", "tulips")
    reading = asyncio.Event()

    async def held(text: str) -> None:
        if "LIMIT $limit" in text:
            reading.set()
            await asyncio.Event().wait()

    watched.intercept = held
    rebuilding = asyncio.ensure_future(index.rebuild(database))
    await reading.wait()
    await index.discard(database.binding)
    with pytest.raises(UnavailableError, match="dropped"):
        await rebuilding
    assert database.binding not in index.states()
    watched.intercept = None
    await index.stop()


async def test_writes_during_the_catching_up_are_neither_lost_nor_undone(engine: Engine) -> None:
    watched = WatchedEngine(engine)
    database = await migrated(watched, Binding("acme", "busy"))
    index = LocalIndex(SystemClock())
    world = World(database, index)
    for number in range(400):
        await world.say(f"c{number:03}", "tulips", tell=False)
    chance = random.Random(5)
    gone: set[str] = set()
    await index.open([database])
    assert index.state(database.binding).state == "building"
    while index.state(database.binding).state == "building":
        victim = f"c{chance.randrange(400):03}"
        await world.delete(victim)
        gone.add(victim)
        assert victim not in await world.words("tulips", k=1000)
    await world.say("last", "tulips")
    assert set(await world.words("tulips", k=1000)) == {f"c{number:03}" for number in range(400)} - gone | {"last"}
    await index.stop()


async def test_catching_up_goes_on_when_the_database_comes_back(engine: Engine) -> None:
    watched = WatchedEngine(engine)
    database = await migrated(watched, Binding("acme", "away"))
    clock = ManualClock()
    world = World(database, index := LocalIndex(clock))
    await world.say("c", "tulips", tell=False)
    watched.fail(4, calls=2)
    await index.open([database])
    await caught_up(world)
    assert clock.sleeps == [1.0, 1.0]
    assert await world.words("tulips") == ["c"]
    assert index.gauges()["building"] == 0
    await index.stop()


async def test_a_dropped_database_leaves_nothing_behind(tmp_path: Path) -> None:
    process = Process(tmp_path)
    world = await process.start()
    await world.say("c", "tulips")
    await process.index.stop()
    await process.index.discard(world.database.binding)
    assert not list((tmp_path / "index" / "acme").rglob("*.*"))
    await world.database.write("DELETE memory_chunk")
    assert await world.words("tulips") == []
    await process.leave()


async def test_an_unavailable_database_is_said_so(engine: Engine) -> None:
    watched = WatchedEngine(engine)
    database = await migrated(watched, Binding("acme", "shut"))
    world = World(database, index := LocalIndex(SystemClock()))
    watched.fail(1, calls=100)
    with pytest.raises(UnavailableError):
        await world.words("tulips")
    watched.heal()
    assert await world.words("tulips") == []
    await index.stop()
