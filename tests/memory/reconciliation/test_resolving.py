"""Entities of a scope: found again, named in full, never shared with another scope."""

from server.core.scope import EMPTY, parse
from server.memory.extraction.diff import Entity
from tests.memory.world import World, fact


async def test_a_name_is_one_entity_in_a_scope(world: World) -> None:
    first = await world.state(fact("Bob", "location", "Berlin"))
    second = await world.state(fact("bob", "email", "bob@acme.test"))
    assert first.effects.entities[0].id == second.effects.entities[0].id
    assert first.effects.entities[0].action == "created"
    assert second.effects.entities[0].action == "matched"
    assert await world.names() == {"Bob"}


async def test_a_fuller_name_is_kept_and_the_short_one_stays_known(world: World) -> None:
    await world.state(fact("Bob", "location", "Berlin"))
    await world.state(fact("Bob Miller", "age", "40"))
    await world.state(fact("Miller", "email", "bob@acme.test"))
    assert await world.names() == {"Bob Miller"}
    await world.state(fact("Robert Miller", "age", "12"))
    assert await world.names() == {"Bob Miller", "Robert Miller"}


async def test_who_could_be_two_people_is_somebody_else_and_a_doubt(world: World) -> None:
    await world.state(fact("Bob Miller", "age", "40"), fact("Bob Jones", "age", "30"))
    derived = await world.state(fact("Bob", "age", "20"))
    assert await world.current("Bob Miller", "age") == ["40"]
    (doubt,) = derived.effects.uncertainties
    assert doubt.reason == "It is not clear which Bob is meant: Bob Jones or Bob Miller."


async def test_names_in_one_turn_find_each_other(world: World) -> None:
    await world.state(fact("Bob", "age", "40"), fact("Bob Miller", "location", "Berlin"))
    assert await world.names() == {"Bob Miller"}
    assert await world.current("Bob Miller", "age") == ["40"]


async def test_what_somebody_is_called_is_another_name_for_them(world: World) -> None:
    await world.state(fact("alice", "nickname", "Ali"))
    await world.state(fact("Ali", "location", "Berlin"))
    assert await world.current("alice", "location") == ["Berlin"]
    assert await world.names() == {"alice"}


async def test_the_user_is_not_taken_for_a_namesake(world: World) -> None:
    await world.state(fact("alice", "location", "Berlin"))
    await world.state(fact("Alice Johnson", "location", "Rome"))
    assert await world.current("alice", "location") == ["Berlin"]


async def test_a_thing_that_turns_out_to_be_an_organisation_is_the_same(world: World) -> None:
    await world.state(fact("Acme", "founded", "1999", type_name="Thing", category="knowledge"))
    await world.state(fact("Acme", "location", "Oslo", type_name="Organization"))
    assert await world.names("Thing") == {"Acme"}
    assert await world.names("Organization") == set()
    await world.state(fact("Globex", "location", "Oslo", type_name="Organization"))
    await world.state(fact("Globex", "founded", "1989", type_name="Thing", category="knowledge"))
    assert await world.current("Globex", "founded") == ["1989"]


async def test_aliases_in_a_turn_are_remembered(world: World) -> None:
    await world.state(Entity("Organization", "International Business Machines", ("IBM", "Big Blue")))
    await world.state(fact("IBM", "founded", "1911", type_name="Organization"))
    assert await world.current("International Business Machines", "founded") == ["1911"]


async def test_the_same_name_in_another_scope_is_another_row(world: World) -> None:
    scopes = [EMPTY, parse("org/acme"), parse("org/acme/user/bob")]
    for scope in scopes:
        await world.state(fact("Bob", "location", "Berlin"), scope=scope)
    rows = await world.database.rows("SELECT id, normalised, scope_text FROM entity WHERE type = 'Person'")
    assert len({str(row["id"]) for row in rows}) == 3
    assert {row["normalised"] for row in rows} == {"bob"}


async def test_the_chunk_of_a_turn_points_to_whom_it_names(world: World) -> None:
    await world.state(fact("Bob Miller", "age", "40"), text="Bob Miller is 40. I am not.")
    await world.state(fact("Bob", "age", "41"), fact("alice", "age", "20"), text="Bob turned 41; bobsleigh is fun.")
    rows = await world.database.rows("SELECT in.text AS text, out.name AS name FROM mentions ORDER BY text")
    assert [row["name"] for row in rows] == ["Bob Miller", "Bob Miller"]
