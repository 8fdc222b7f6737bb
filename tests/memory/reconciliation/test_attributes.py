"""What a new value does to the values that are known."""

from datetime import UTC, datetime, timedelta

import pytest

from server.core.scope import EMPTY, parse
from server.memory.extraction.diff import Correction
from tests.memory.world import SCOPE, World, fact, ref

DAY = timedelta(days=1)
PAST = datetime(2020, 1, 1, tzinfo=UTC)


async def test_a_new_value_supersedes_the_old_one(world: World) -> None:
    await world.state(fact("alice", "location", "Berlin"))
    moved_at = world.clock.now()
    derived = await world.state(fact("alice", "location", "Munich"))
    old, new = await world.attributes("alice", "location")
    assert (old.value, old.valid_until, old.superseded_by, old.current_key) == ("Berlin", moved_at, new.id, None)
    assert (new.value, new.valid_from, new.valid_until, new.supersedes) == ("Munich", moved_at, None, old.id)
    assert new.current_key is not None
    (effect,) = derived.effects.attributes
    assert (effect.action, effect.previous) == ("superseded", "Berlin")
    (correction,) = derived.effects.corrections
    assert (correction.key, correction.old, correction.new) == ("location", "Berlin", "Munich")


async def test_the_same_value_again_changes_nothing(world: World) -> None:
    await world.state(fact("alice", "location", "Berlin"))
    before = await world.attributes()
    derived = await world.state(fact("alice", "location", "  berlin "))
    assert await world.attributes() == before
    assert [effect.action for effect in derived.effects.attributes] == ["confirmed"]
    assert derived.effects.corrections == []


async def test_keys_of_many_values_hold_several(world: World) -> None:
    await world.state(fact("alice", "likes", "tea"), fact("alice", "likes", "walks in the woods"))
    await world.state(fact("alice", "likes", "chess"), fact("alice", "likes", "the walk in woods"))
    assert await world.current("alice", "likes") == ["chess", "tea", "walks in the woods"]


async def test_a_denial_ends_what_it_denies(world: World) -> None:
    await world.state(fact("alice", "likes", "tea"), fact("alice", "likes", "coffee"))
    ended_at = world.clock.now()
    derived = await world.state(fact("alice", "likes", "tea", negated=True))
    assert await world.current("alice", "likes") == ["coffee"]
    tea = next(row for row in await world.attributes("alice", "likes") if row.value == "tea")
    assert (tea.valid_until, tea.retracted_at, tea.current_key) == (ended_at, ended_at, None)
    assert [effect.action for effect in derived.effects.attributes] == ["ended"]


async def test_a_denial_of_prose_finds_the_one_wording_that_contains_it(world: World) -> None:
    await world.state(fact("alice", "hobby", "hiking in the mountains"), fact("alice", "hobby", "chess"))
    await world.state(fact("alice", "hobby", "hiking", negated=True))
    assert await world.current("alice", "hobby") == ["chess"]


async def test_denying_what_nobody_believed_writes_nothing(world: World) -> None:
    derived = await world.state(fact("alice", "employer", "Acme", negated=True))
    assert await world.attributes() == []
    assert [effect.action for effect in derived.effects.attributes] == ["unknown"]


async def test_what_was_denied_can_become_true_again(world: World) -> None:
    await world.state(fact("alice", "diet", "vegan"))
    await world.state(fact("alice", "diet", "vegan", negated=True))
    await world.state(fact("alice", "diet", "vegan"))
    assert await world.current("alice", "diet") == ["vegan"]
    assert len(await world.attributes("alice", "diet")) == 2


async def test_a_value_of_a_time_that_is_over_replaces_nothing(world: World) -> None:
    await world.state(fact("alice", "employer", "Acme"))
    derived = await world.state(fact("alice", "employer", "Initech", since=PAST, until=PAST + 365 * DAY))
    assert await world.current("alice", "employer") == ["Acme"]
    assert [effect.action for effect in derived.effects.attributes] == ["past"]
    again = await world.state(fact("alice", "employer", "Initech", since=PAST, until=PAST + 365 * DAY))
    assert [effect.action for effect in again.effects.attributes] == ["confirmed"]
    assert len(await world.attributes("alice", "employer")) == 2


async def test_a_value_of_the_future_waits_for_its_time(world: World) -> None:
    await world.state(fact("alice", "employer", "Acme"))
    start = world.clock.now() + 30 * DAY
    await world.state(fact("alice", "employer", "Initech", since=start))
    assert await world.current("alice", "employer") == ["Acme"]
    world.clock.advance((31 * DAY).total_seconds())
    assert await world.current("alice", "employer") == ["Initech"]


async def test_plans_change_before_they_come_true(world: World) -> None:
    await world.state(fact("alice", "employer", "Acme"))
    await world.state(fact("alice", "employer", "Initech", since=world.clock.now() + 30 * DAY))
    await world.state(fact("alice", "employer", "Globex"))
    assert await world.current("alice", "employer") == ["Globex"]
    world.clock.advance((60 * DAY).total_seconds())
    assert await world.current("alice", "employer") == ["Globex"]


async def test_an_announced_end_can_come_earlier(world: World) -> None:
    await world.state(fact("alice", "employer", "Acme"))
    announced_at = world.clock.now()
    await world.state(fact("alice", "employer", "Acme", negated=True, until=announced_at + 60 * DAY))
    assert await world.current("alice", "employer") == ["Acme"]
    quit_at = world.clock.now()
    await world.state(fact("alice", "employer", "Acme", negated=True))
    (row,) = await world.attributes("alice", "employer")
    assert row.end_known_at(announced_at - timedelta(seconds=1)) is None
    assert row.end_known_at(announced_at) == announced_at + 60 * DAY
    assert row.end_known_at(quit_at) == quit_at


async def test_a_turn_that_comes_late_takes_its_place_in_the_past(world: World) -> None:
    begun = world.clock.now()
    await world.state(fact("alice", "location", "Berlin"))
    world.clock.advance(100)
    moved_at = world.clock.now()
    await world.state(fact("alice", "location", "Rome"))
    between = begun + timedelta(seconds=50)
    derived = await world.state(fact("alice", "location", "Munich"), said_at=between)
    assert [effect.action for effect in derived.effects.attributes] == ["late"]
    assert await world.current("alice", "location") == ["Rome"]
    berlin, rome, munich = await world.attributes("alice", "location")
    assert (berlin.valid_until, berlin.superseded_by) == (between, munich.id)
    assert (munich.valid_from, munich.valid_until) == (between, moved_at)
    assert (munich.supersedes, munich.superseded_by) == (berlin.id, rome.id)
    assert rome.supersedes == munich.id


async def test_a_late_turn_does_not_revive_what_was_denied_since(world: World) -> None:
    said_at = world.clock.now()
    world.clock.advance(100)
    await world.state(fact("alice", "location", "Rome"))
    await world.state(fact("alice", "location", "Rome", negated=True))
    await world.state(fact("alice", "location", "Berlin"), said_at=said_at)
    assert await world.current("alice", "location") == []


async def test_two_values_in_one_turn_leave_the_last(world: World) -> None:
    await world.state(fact("alice", "location", "Berlin"), fact("alice", "location", "Munich"))
    assert await world.current("alice", "location") == ["Munich"]
    assert len([row for row in await world.attributes() if row.current_key]) == 1


async def test_a_turn_does_not_overwrite_an_authority(world: World) -> None:
    await world.state(fact("alice", "employer", "Acme"), kind="document")
    derived = await world.state(fact("alice", "employer", "Initech"))
    assert await world.current("alice", "employer") == ["Acme"]
    (doubt,) = derived.effects.uncertainties
    assert doubt.about == "alice: employer"
    assert "Initech" in doubt.reason
    assert "Acme" in doubt.reason
    (row,) = await world.database.rows("SELECT about, claim, resolved, source_turn FROM uncertainty")
    assert row["claim"]["value"] == "Initech"
    assert row["resolved"] is False
    derived = await world.state(fact("alice", "employer", "Acme", negated=True))
    assert [effect.action for effect in derived.effects.attributes] == ["disputed"]
    assert await world.current("alice", "employer") == ["Acme"]


async def test_an_authority_overwrites_a_turn_and_settles_the_doubt(world: World) -> None:
    await world.state(fact("alice", "employer", "Acme"), kind="document")
    await world.state(fact("alice", "employer", "Initech"))
    await world.state(fact("alice", "employer", "Globex"), kind="document")
    assert await world.current("alice", "employer") == ["Globex"]
    (doubt,) = await world.database.rows("SELECT resolved FROM uncertainty")
    assert doubt["resolved"] is True
    await world.state(fact("bob", "employer", "Acme"))
    await world.state(fact("bob", "employer", "Acme"), kind="document")
    old, new = await world.attributes("bob", "employer")
    assert (old.source.kind, new.source.kind, new.supersedes) == ("turn", "document", old.id)


async def test_an_authority_whose_time_is_over_is_none(world: World) -> None:
    await world.state(fact("alice", "employer", "Acme", until=world.clock.now() + DAY), kind="document")
    world.clock.advance((2 * DAY).total_seconds())
    await world.state(fact("alice", "employer", "Initech"))
    assert await world.current("alice", "employer") == ["Initech"]


async def test_scopes_hold_values_of_their_own(world: World) -> None:
    acme = parse("org/acme")
    await world.state(fact("Bob", "location", "Berlin"), scope=acme)
    await world.state(fact("Bob", "location", "Munich"), scope=SCOPE)
    await world.state(fact("Bob", "location", "Rome"), scope=EMPTY)
    assert await world.current("Bob", "location", acme) == ["Berlin"]
    assert await world.current("Bob", "location", SCOPE) == ["Munich"]
    assert await world.current("Bob", "location", EMPTY) == ["Rome"]


@pytest.mark.parametrize("stated", [True, False])
async def test_a_correction_replaces_what_was_wrong(world: World, stated: bool) -> None:
    await world.state(fact("alice", "location", "Berlin"), fact("alice", "allergy", "nuts"))
    corrections = [
        Correction(ref("alice"), "location", "Berlin", "Munich"),
        Correction(ref("alice"), "allergy", "nuts", "shellfish"),
    ]
    facts = [fact("alice", "location", "Munich"), fact("alice", "allergy", "shellfish")] if stated else []
    derived = await world.state(*corrections, *facts)
    assert await world.current("alice", "location") == ["Munich"]
    assert await world.current("alice", "allergy") == ["shellfish"]
    told = {(one.key, one.old, one.new) for one in derived.effects.corrections}
    assert ("location", "Berlin", "Munich") in told
    assert any(key == "allergy" and old == "nuts" for key, old, _ in told)


async def test_a_correction_may_only_say_what_is_wrong(world: World) -> None:
    await world.state(fact("alice", "location", "Berlin"))
    derived = await world.state(Correction(ref("alice"), "location", "Berlin"))
    assert await world.current("alice", "location") == []
    assert [(one.old, one.new) for one in derived.effects.corrections] == [("Berlin", None)]


async def test_a_move_is_one_change_however_it_is_put(world: World) -> None:
    await world.state(fact("alice", "location", "Berlin"))
    derived = await world.state(
        fact("alice", "location", "Munich"),
        fact("alice", "location", "Berlin", negated=True),
        Correction(ref("alice"), "location", "Berlin", "Munich"),
    )
    assert [effect.action for effect in derived.effects.attributes] == ["superseded"]
    assert [(one.old, one.new) for one in derived.effects.corrections] == [("Berlin", "Munich")]
    berlin, munich = await world.attributes("alice", "location")
    assert munich.supersedes == berlin.id
    assert await world.edges() == {("alice", "located_in", "Munich")}
