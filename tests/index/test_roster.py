"""Names in memory: those of the database, whatever happens in between, or none at all."""

import asyncio
import random

import pytest

from server.core.errors import UnavailableError
from server.index import entity
from server.index.roster import Roster
from server.index.rosters import Rosters
from server.store.binding import Binding
from server.store.engine import Database, Engine
from tests.index.conftest import migrated
from tests.index.people import NAMES, People, everybody, of_user
from tests.support.engines import WatchedEngine

MOST = 50


async def both(database: Database, roster: Roster) -> tuple[set[str], set[str]]:
    """Who is found in memory, and who in the database."""
    assert roster.reliable
    kept = roster.named(NAMES, everybody(), MOST)
    held = await entity.named(database, NAMES, everybody(), MOST)
    return set(map(str, kept)), set(map(str, held))


@pytest.mark.parametrize("seed", range(5))
async def test_it_names_whom_the_database_names_whatever_is_done_meanwhile(database: Database, seed: int) -> None:
    chance = random.Random(seed)
    people, roster = People(database, chance), Roster()
    for _ in range(30):
        await people.act()
    reading = asyncio.create_task(roster.read(database))
    for _ in range(30):
        changed = await asyncio.gather(*(people.act() for _ in range(chance.randint(1, 3))))
        await asyncio.gather(*(roster.changed(database, [one]) for one in changed))
    await reading
    kept, held = await both(database, roster)
    assert kept == held
    assert held


async def test_those_who_are_called_so_come_before_those_who_are_also_called_so(database: Database) -> None:
    people, roster = People(database), Roster()
    await people.make("robert", aliases=["anna"])
    await people.make("anna", "alice")
    await people.make("anna", "bob")
    await roster.read(database)
    found = roster.named(["anna"], everybody(), MOST)
    assert [one.name for one in found] == ["Anna", "Anna", "Robert"]
    assert roster.named(["anna"], everybody(), 1) == found[:1]
    assert [one.name for one in roster.named(["anna"], of_user("alice"), MOST)] == ["Anna", "Robert"]
    assert roster.named(["anna "], everybody(), MOST) == []


async def test_what_could_not_be_read_is_relied_on_again_once_it_was(engine: Engine) -> None:
    watched = WatchedEngine(engine)
    database = await migrated(watched, Binding("acme", "prod"))
    people, roster = People(database), Roster()
    await people.make("anna")
    await roster.read(database)
    robert = await people.make("robert")
    watched.fail(1)
    with pytest.raises(UnavailableError):
        await roster.changed(database, [robert])
    assert not roster.reliable
    watched.heal()
    await roster.changed(database, [await people.make("olga")])
    kept, held = await both(database, roster)
    assert kept == held
    assert len(held) == 3


async def test_of_too_many_none_is_kept(database: Database) -> None:
    people, roster = People(database), Roster(most=2)
    await people.make("anna")
    await people.make("olga")
    await roster.read(database)
    assert (roster.reliable, len(roster.everybody)) == (True, 2)
    await roster.changed(database, [await people.make("robert")])
    assert (roster.reliable, len(roster.everybody)) == (False, 0)
    other = Roster(most=2)
    await other.read(database)
    assert (other.reliable, len(other.everybody)) == (False, 0)


async def test_a_write_does_not_fail_because_names_cannot_be_read_again(engine: Engine) -> None:
    watched = WatchedEngine(engine)
    database = await migrated(watched, Binding("acme", "prod"))
    people, rosters = People(database), Rosters()
    assert await rosters.named(database, NAMES, everybody(), MOST) == []
    await rosters.complete(database.binding)
    anna = await people.make("anna")
    watched.fail(1)
    await rosters.changed(database, [anna])
    watched.heal()
    assert rosters.everybody(database.binding) is None
    assert [one.name for one in await rosters.named(database, NAMES, everybody(), MOST)] == ["Anna"]
    await rosters.changed(database, [])
    assert list(rosters.everybody(database.binding) or ()) == [anna]


async def test_names_are_found_before_during_and_after_they_were_read(database: Database) -> None:
    people, rosters = People(database), Rosters()
    anna = await people.make("anna")

    async def found() -> list[str]:
        return [one.name for one in await rosters.named(database, NAMES, everybody(), MOST)]

    await rosters.changed(database, [anna])
    assert await found() == ["Anna"]
    await rosters.complete(database.binding)
    assert await found() == ["Anna"]
    await rosters.changed(database, [await people.hide("anna")])
    assert await found() == []
    await rosters.discard(database.binding)
    assert await found() == []
    await rosters.stop()
