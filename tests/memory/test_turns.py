"""Sessions and their turns in the database."""

import asyncio
from datetime import timedelta

import pytest

from server.core.errors import NotFoundError
from server.core.ids import Ids
from server.core.scope import EMPTY, parse
from server.core.visibility import visible
from server.memory.sessions import Sessions
from server.memory.turns import NewTurn, Turns
from server.store.engine import Database
from tests.support.clock import FakeClock

ALICE, BOB = parse("org/acme/user/alice"), parse("org/acme/user/bob")
ACME = visible(parse("org/acme"))
WRITERS = 32


@pytest.fixture
def sessions(clock: FakeClock) -> Sessions:
    return Sessions(clock, Ids())


@pytest.fixture
def turns(clock: FakeClock) -> Turns:
    return Turns(clock, Ids())


async def test_a_session_is_found_by_whoever_sees_its_scope(database: Database, sessions: Sessions) -> None:
    made = await sessions.create(database, ALICE, {"channel": {"kind": "chat"}})
    assert await sessions.get(database, made.id, ACME) == made
    assert await sessions.page(database, ACME, limit=10, offset=0) == [made]
    assert await sessions.page(database, visible(BOB), limit=10, offset=0) == []
    with pytest.raises(NotFoundError):
        await sessions.get(database, made.id, visible(BOB))


async def test_sessions_are_listed_newest_first(database: Database, sessions: Sessions, clock: FakeClock) -> None:
    made = []
    for _ in range(5):
        made.append(await sessions.create(database, ALICE))
        clock.advance(1)
    assert await sessions.page(database, ACME, limit=3, offset=1) == made[3:0:-1]


async def test_a_turn_is_read_back_as_it_was_stored(
    database: Database, sessions: Sessions, turns: Turns, clock: FakeClock
) -> None:
    session = await sessions.create(database, ALICE)
    earlier = clock.now() - timedelta(days=3)
    new = NewTurn("tool", "It rains.", earlier, "none", "context", ("topic=weather",), {"tool": "sky"})
    stored = await turns.append(database, session.id, ALICE, [new, NewTurn("user", "Pity.")])
    assert [turn.seq for turn in stored] == [1, 2]
    assert stored[0].said_at == earlier
    assert stored[1].said_at == clock.now()
    assert await turns.page(database, session.id, ACME, limit=10) == stored
    assert await turns.page(database, session.id, ACME, limit=10, offset=1) == stored[1:]
    assert await turns.page(database, session.id, visible(BOB), limit=10) == []
    assert await turns.before(database, stored[1], 5) == stored[:1]


async def test_concurrent_writers_leave_no_gap_and_no_double(
    database: Database, sessions: Sessions, turns: Turns
) -> None:
    session = await sessions.create(database, EMPTY)

    async def write(writer: int) -> None:
        for number in range(4):
            await turns.append(database, session.id, EMPTY, [NewTurn("user", f"{writer} says {number}")])

    await asyncio.gather(*(write(writer) for writer in range(WRITERS)))
    found = await turns.page(database, session.id, visible(EMPTY), limit=1000)
    assert [turn.seq for turn in found] == list(range(1, 4 * WRITERS + 1))
    assert len({turn.content for turn in found}) == 4 * WRITERS
    assert (await sessions.get(database, session.id, visible(EMPTY))).turn_count == 4 * WRITERS


async def test_turns_of_one_call_stand_together(database: Database, sessions: Sessions, turns: Turns) -> None:
    session = await sessions.create(database, EMPTY)
    batches = await asyncio.gather(
        *(turns.append(database, session.id, EMPTY, [NewTurn("user", "a")] * 5) for _ in range(8))
    )
    for batch in batches:
        assert [turn.seq - batch[0].seq for turn in batch] == [0, 1, 2, 3, 4]


async def test_a_turn_needs_its_session(database: Database, turns: Turns) -> None:
    with pytest.raises(NotFoundError, match="begin a new one"):
        await turns.append(database, "nowhere", EMPTY, [NewTurn("user", "Hello?")])
    assert await database.rows("SELECT id FROM turn") == []


async def test_turns_await_derivation_in_the_order_they_came(
    database: Database, sessions: Sessions, turns: Turns, clock: FakeClock
) -> None:
    session = await sessions.create(database, ALICE)
    stored = []
    for number in range(3):
        stored += await turns.append(database, session.id, ALICE, [NewTurn("user", str(number))])
        clock.advance(10)
    await database.write("UPDATE $id SET extracted_at = time::now()", {"id": stored[0].record})
    waiting = await turns.underived(database, stored_before=clock.now(), limit=10)
    assert waiting == stored[1:]
    assert await turns.underived(database, stored_before=stored[2].created_at, limit=10) == stored[1:2]
