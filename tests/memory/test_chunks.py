"""The text of turns in pieces."""

from datetime import UTC, datetime

import numpy as np
from surrealdb import RecordID

from server.core.scope import EMPTY
from server.memory.chunks import Chunk
from server.memory.turns import Turn

SAID = datetime(2026, 3, 18, 12, tzinfo=UTC)


def chunk(text: str) -> Chunk:
    turn = Turn("t", "s", 1, "user", text, EMPTY, SAID, None, "full", None, (), {}, None)
    return Chunk(RecordID("memory_chunk", "c"), turn, text, 1, np.zeros(1, np.float32))


def test_a_name_far_behind_in_the_text_is_found_as_a_word() -> None:
    long = chunk("It rained all day. " * 30 + "Then Alice  Johnson called.")
    assert long.speaks_of(frozenset({"alice johnson"}))
    assert not long.speaks_of(frozenset({"alice john"}))
