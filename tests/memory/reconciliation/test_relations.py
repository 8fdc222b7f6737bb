"""Edges between entities follow the values that imply them."""

from datetime import timedelta

from server.memory.extraction.diff import Correction, Relation
from tests.memory.world import World, fact, ref

DAY = timedelta(days=1)


def tie(subject: str, label: str, other: str, *, negated: bool = False) -> Relation:
    return Relation(ref(subject), label, ref(other), "identity", negated=negated)


async def test_a_value_that_names_something_leads_there(world: World) -> None:
    await world.state(fact("alice", "employer", "Acme"))
    assert await world.edges() == {("alice", "works_at", "Acme")}
    assert await world.names("Organization") == {"Acme"}


async def test_the_edge_ends_with_its_value(world: World) -> None:
    await world.state(fact("alice", "employer", "Acme"), fact("alice", "location", "Berlin"))
    await world.state(fact("alice", "employer", "Globex"))
    assert await world.edges() == {("alice", "works_at", "Globex"), ("alice", "located_in", "Berlin")}
    await world.state(fact("alice", "employer", "Globex", negated=True))
    assert await world.edges() == {("alice", "located_in", "Berlin")}
    assert len(await world.relations()) == 3


async def test_an_edge_is_stated_once_however_often_it_is_said(world: World) -> None:
    await world.state(tie("alice", "sister", "Carol"))
    derived = await world.state(tie("alice", "sister", "carol"), tie("alice", "sister", "Dora"))
    assert await world.edges() == {("alice", "sister", "Carol"), ("alice", "sister", "Dora")}
    assert [effect.action for effect in derived.effects.relations] == ["confirmed", "created"]


async def test_a_denied_edge_ends(world: World) -> None:
    await world.state(tie("alice", "friend", "Carol"), tie("alice", "friend", "Dora"))
    derived = await world.state(tie("alice", "friend", "Carol", negated=True))
    assert await world.edges() == {("alice", "friend", "Dora")}
    assert [effect.action for effect in derived.effects.relations] == ["ended"]
    derived = await world.state(tie("alice", "friend", "Erin", negated=True))
    assert [effect.action for effect in derived.effects.relations] == ["unknown"]


async def test_an_edge_can_come_back(world: World) -> None:
    for negated in (False, True, False):
        await world.state(tie("alice", "friend", "Carol", negated=negated))
    assert await world.edges() == {("alice", "friend", "Carol")}
    assert len(await world.relations()) == 2


async def test_what_nobody_is_to_themselves(world: World) -> None:
    await world.state(tie("alice", "friend", "Alice"))
    assert await world.edges() == set()


async def test_an_edge_of_the_past_replaces_nothing(world: World) -> None:
    began = world.clock.now()
    await world.state(fact("alice", "employer", "Acme"))
    await world.state(fact("alice", "employer", "Initech", since=began - 10 * DAY, until=began - DAY))
    assert await world.edges() == {("alice", "works_at", "Acme")}


async def test_a_correction_of_an_edge_ends_the_wrong_one(world: World) -> None:
    await world.state(tie("alice", "sister", "Carol"))
    derived = await world.state(Correction(ref("alice"), "sister", "Carol", "Dora"), tie("alice", "sister", "Dora"))
    assert await world.edges() == {("alice", "sister", "Dora")}
    assert [(one.key, one.old, one.new) for one in derived.effects.corrections] == [("sister", "Carol", "Dora")]


async def test_an_authority_keeps_its_edge(world: World) -> None:
    await world.state(fact("alice", "employer", "Acme"), kind="document")
    derived = await world.state(fact("alice", "employer", "Globex"))
    assert await world.edges() == {("alice", "works_at", "Acme")}
    assert [effect.action for effect in derived.effects.relations] == ["disputed"]
    await world.state(tie("alice", "friend", "Carol"), kind="document")
    derived = await world.state(tie("alice", "friend", "Carol", negated=True))
    assert [effect.action for effect in derived.effects.relations] == ["disputed"]


async def test_a_late_turn_does_not_move_anybody(world: World) -> None:
    said_at = world.clock.now()
    world.clock.advance(100)
    await world.state(fact("alice", "location", "Rome"))
    await world.state(fact("alice", "location", "Berlin"), said_at=said_at)
    assert await world.edges() == {("alice", "located_in", "Rome")}
    assert len(await world.relations()) == 2
