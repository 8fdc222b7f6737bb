"""Instructions and doubts."""

from server.memory.extraction.diff import Instruction, Uncertainty
from tests.memory.world import World


async def test_an_instruction_replaces_the_one_under_its_label(world: World) -> None:
    await world.state(Instruction("language", "Answer in German."), Instruction("tone", "Be brief."))
    derived = await world.state(Instruction("Language", "Answer in English."), Instruction("tone", "be brief"))
    assert [effect.action for effect in derived.effects.instructions] == ["superseded", "confirmed"]
    rows = await world.database.rows("SELECT description, active, retracted_at FROM instruction")
    found = {row["description"]: (row["active"], row.get("retracted_at") is not None) for row in rows}
    assert found == {
        "Answer in German.": (False, True),
        "Be brief.": (True, False),
        "Answer in English.": (True, False),
    }


async def test_two_instructions_of_one_turn_under_a_label_leave_the_last(world: World) -> None:
    await world.state(Instruction("tone", "Be brief."), Instruction("tone", "Be kind."))
    await world.state(Instruction("tone", "Be brief."), Instruction("tone", "Be loud."))
    rows = await world.database.rows("SELECT description FROM instruction WHERE active")
    assert [row["description"] for row in rows] == ["Be loud."]


async def test_a_doubt_is_kept_with_its_turn(world: World) -> None:
    await world.state(Uncertainty("the move", "It was only a maybe."))
    (row,) = await world.database.rows("SELECT about, reason, resolved, source_turn FROM uncertainty")
    assert (row["about"], row["reason"], row["resolved"]) == ("the move", "It was only a maybe.", False)
    assert row["source_turn"] is not None
