"""The last turns of a session and the standing orders, as far as the caller may see them."""

from datetime import UTC, datetime

import pytest

from server.core.errors import NotFoundError
from server.core.scope import EMPTY, parse
from server.core.visibility import Visibility, visible
from server.recall.conversation import Line, instructions, recent
from server.store.binding import Binding
from server.store.engine import Database
from tests.recall.memory import BASE, Memory, checked

ALICE = {"user": "alice"}
BOB = {"user": "bob"}


def seen_by(scope: object) -> Visibility:
    return visible(EMPTY, [parse(scope)])


def database_of(memory: Memory) -> Database:
    return Database(memory.app.server.engine, Binding("acme", "prod"))


async def test_the_last_turns_come_newest_first_and_no_more_than_asked_for(memory: Memory) -> None:
    session = (await memory.tell("The boat is red.", ALICE))["session_id"]
    for text in ("The oar is long.", "The sail is white."):
        await memory.tell(text, ALICE, session_id=session)
    turns = await recent(database_of(memory), seen_by(ALICE), session, 2)
    assert [(turn.role, turn.content) for turn in turns] == [
        ("user", "The sail is white."),
        ("user", "The oar is long."),
    ]


async def test_a_forgotten_turn_is_not_among_them(memory: Memory) -> None:
    told = await memory.tell("The boat is red.", ALICE)
    await memory.tell("The oar is long.", ALICE, session_id=told["session_id"])
    await memory.forget(f"turn:{told['turn_id']}", ALICE)
    turns = await recent(database_of(memory), seen_by(ALICE), told["session_id"], 10)
    assert [turn.content for turn in turns] == ["The oar is long."]


async def test_a_session_of_somebody_else_is_none(memory: Memory) -> None:
    session = (await memory.tell("The boat is red.", ALICE))["session_id"]
    for scope, wanted in ((BOB, session), (ALICE, "unknown")):
        with pytest.raises(NotFoundError):
            await recent(database_of(memory), seen_by(scope), wanted, 10)


async def test_standing_orders_are_those_of_the_scope(memory: Memory) -> None:
    await memory.tell("Always answer in Portuguese.", ALICE, infer="full")
    assert any("Portuguese" in told for told in await instructions(database_of(memory), seen_by(ALICE)))
    assert await instructions(database_of(memory), seen_by(BOB)) == []


async def test_a_prompt_block_shows_them(memory: Memory) -> None:
    session = (await memory.tell("The boat\nis red.", ALICE))["session_id"]
    block = checked(await memory.app.http.get(f"{BASE}/sessions/{session}/context"))
    assert "user: The boat is red." in block["context"]


def test_a_line_is_one_line_with_its_day() -> None:
    line = Line("user", "The boat\n\tis   red.", datetime(2026, 3, 1, 23, 59, tzinfo=UTC))
    assert str(line) == "- [2026-03-01] user: The boat is red."
