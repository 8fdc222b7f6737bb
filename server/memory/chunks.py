"""The text of turns in pieces that can be searched."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from surrealdb import RecordID

from server.core.ids import Ids
from server.memory.names import folded, normalised
from server.memory.turns import Turn
from server.models.embedding import Embedder, Matrix
from server.store.engine import Row
from server.store.vectors import Vector

MAX_TOKENS = 512
_SENTENCE_END = re.compile(r"(?<=[.!?\u3002])\s+|\n+")
_WORD_END = re.compile(r"\s+")
_SHORTEST_NAME = 2


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a turn's text with its vector."""

    id: RecordID
    turn: Turn
    text: str
    token_count: int
    vector: Vector

    def row(self, created_at: datetime) -> Row:
        turn = self.turn
        return {
            "id": self.id,
            "session": RecordID("session", turn.session_id),
            "source_turn": turn.record,
            "text": self.text,
            "role": turn.role,
            "seq": turn.seq,
            "token_count": self.token_count,
            "memory_category": turn.memory_category,
            "valid_from": turn.said_at,
            "labels": list(turn.labels) or None,
            "created_at": created_at,
        }

    def speaks_of(self, names: frozenset[str]) -> bool:
        """Whether one of the names, in their normalised form, stands in the text as a word."""
        text = folded(self.text)
        return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) for name in names if len(name) >= _SHORTEST_NAME)


async def embedded(
    embedder: Embedder, ids: Ids, turns: Sequence[Turn], names: Sequence[str]
) -> tuple[list[Chunk], dict[str, Vector]]:
    """The chunks of turns, and a vector for each name in its normalised form; the embedder is asked once."""
    pieces = [
        (turn, piece) for turn in turns if turn.infer != "quote" for piece in split(turn.content, embedder.count_tokens)
    ]
    compared = list(dict.fromkeys(map(normalised, names)))
    vectors: Matrix = await embedder.embed([*(text for _, (text, _) in pieces), *compared])
    chunks = [
        Chunk(RecordID("memory_chunk", ids.id()), turn, text, tokens, vectors[number])
        for number, (turn, (text, tokens)) in enumerate(pieces)
    ]
    return chunks, dict(zip(compared, vectors[len(pieces) :], strict=True))


def split(text: str, count_tokens: Callable[[Sequence[str]], list[int]]) -> list[tuple[str, int]]:
    """The whole text if it is short enough, else runs of whole sentences, each with its number of tokens."""
    (total,) = count_tokens([text])
    if total <= MAX_TOKENS:
        return [(text, total)]
    sentences = list(_bounded(text, count_tokens))
    counts = count_tokens(sentences)
    pieces: list[tuple[str, int]] = []
    for sentence, tokens in zip(sentences, counts, strict=True):
        if pieces and pieces[-1][1] + tokens <= MAX_TOKENS:
            held, sofar = pieces[-1]
            pieces[-1] = (f"{held} {sentence}", sofar + tokens)
        else:
            pieces.append((sentence, tokens))
    return pieces


def _bounded(text: str, count_tokens: Callable[[Sequence[str]], list[int]]) -> Iterator[str]:
    """Sentences; one that is too long falls apart into halves until each part is short enough."""
    waiting = [part for part in _SENTENCE_END.split(text) if part.strip()]
    while waiting:
        part = waiting.pop(0)
        (tokens,) = count_tokens([part])
        if tokens <= MAX_TOKENS or len(part) == 1:
            yield part
        else:
            middle = len(part) // 2
            gap = _WORD_END.search(part, middle)
            cut = gap.start() if gap and gap.end() < len(part) else middle
            waiting[:0] = [part[:cut], part[cut:]]
