"""Conversations of made-up words in many scopes, written straight into a Context's database in bulk."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from surrealdb import RecordID

from server.core.scope import parse
from server.models.local import LocalEmbedder
from server.store import vectors
from server.store.engine import Database
from server.store.scoped import ENSURE_ATTRIBUTES, attribute_ids

START = datetime(2026, 1, 1, tzinfo=UTC)
BATCH = 250
TABLES = ("session", "turn", "memory_chunk", "entity", "attribute", "mentions")
WORDS_A_TURN = 24
TURNS_A_SESSION = 40
TURNS_A_NAME = 50
SYLLABLES = [first + second for first in "bdfgklmnprstvz" for second in "aeiou"]
_COMMON = "the of and to a in is it that was for on with as we had they at have from about"
COMMON = tuple(_COMMON.split())

INSERT = """INSERT INTO {table} (SELECT *, <set>scope AS scope FROM $rows) RETURN NONE"""
INSERT_EMBEDDED = f"""INSERT INTO {{table}} (SELECT *, <set>scope AS scope, {vectors.decoded("embedding")} AS embedding
    FROM $rows) RETURN NONE"""
INSERT_MENTIONS = "INSERT RELATION INTO mentions $rows RETURN NONE"


@dataclass(frozen=True, slots=True)
class Question:
    """A question with the user in whose scope it is asked, and the turn that its words are from."""

    text: str
    user: str
    turn: str


class Corpus:
    """As many turns as asked for, spread evenly over the scopes of users; the same ones every time."""

    def __init__(self, size: int, scopes: int) -> None:
        self.size = size
        self.scopes = scopes
        self._random = np.random.default_rng(7)
        self._words = sorted({self._word() for _ in range(12_000)})
        self._random.shuffle(self._words)
        weights = 1 / np.arange(20, len(self._words) + 20)
        self._weights = np.cumsum(weights / weights.sum())
        self.texts = [self._text(number) for number in range(size)]

    def user(self, number: int) -> str:
        """Whose turn it is: sessions go round."""
        return f"u{number // TURNS_A_SESSION % self.scopes}"

    def name(self, number: int) -> str:
        """Somebody whom about every `TURNS_A_NAME`th turn speaks of."""
        return self._words[number // TURNS_A_NAME % len(self._words)].capitalize()

    def questions(self, count: int) -> Iterator[Question]:
        """Different ones, each with some words of a turn, every third with a name."""
        for number in self._random.choice(self.size, count):
            words = [word for word in self.texts[number].split() if word not in COMMON]
            asked = " ".join(self._random.choice(words, 5, replace=False).tolist())
            whom = self.name(int(number)) if number % 3 == 0 else "they"
            yield Question(f"When did {whom} speak of {asked}?", self.user(int(number)), str(number))

    def _text(self, number: int) -> str:
        picked = np.searchsorted(self._weights, self._random.random(WORDS_A_TURN // 2))
        words = [word for one in picked.tolist() for word in (self._words[one], COMMON[one % len(COMMON)])]
        if number % 10 == 0:
            words[number % WORDS_A_TURN] = self.name(number)
        return " ".join(words)

    def _word(self) -> str:
        return "".join(self._random.choice(SYLLABLES, self._random.integers(2, 5)).tolist())


async def fill(database: Database, corpus: Corpus) -> AsyncIterator[int]:
    """Sessions, turns, their chunks, and people with a fact each whom the chunks speak of; yields how many turns."""
    scopes = [attribute_ids(parse({"user": f"u{number}"})) for number in range(corpus.scopes)]
    for scope in scopes:
        await database.write(ENSURE_ATTRIBUTES, {"scope_attributes": scope})
    embedder = LocalEmbedder()
    for begin in range(0, corpus.size, BATCH):
        numbers = range(begin, min(begin + BATCH, corpus.size))
        rows = [_rows(corpus, number, scopes) for number in numbers]
        embedded = embedder.embed_now([corpus.texts[number] for number in numbers])
        for row, vector in zip(rows, embedded, strict=True):
            row["memory_chunk"]["embedding"] = vectors.encode(vector)
        people = [one["entity"] for one in rows if "entity" in one]
        named = embedder.embed_now([one["name"] for one in people]) if people else ()
        for person, vector in zip(people, named, strict=True):
            person["embedding"] = vectors.encode(vector)
        held = {table: [one[table] for one in rows if table in one] for table in TABLES}
        await asyncio.gather(*(_insert(database, table, rows) for table, rows in held.items() if rows))
        yield numbers.stop


async def _insert(database: Database, table: str, rows: list[dict[str, Any]]) -> None:
    if table == "mentions":
        insert = INSERT_MENTIONS
    else:
        insert = (INSERT_EMBEDDED if table in {"memory_chunk", "entity"} else INSERT).format(table=table)
    await database.write(insert, {"rows": rows})


def _rows(corpus: Corpus, number: int, scopes: list[list[RecordID]]) -> dict[str, dict[str, Any]]:
    """What one turn leaves in each table."""
    user = corpus.user(number)
    scope = scopes[int(user[1:])]
    at = START + timedelta(minutes=number)
    session, seq = RecordID("session", str(number // TURNS_A_SESSION)), number % TURNS_A_SESSION
    turn, chunk = RecordID("turn", str(number)), RecordID("memory_chunk", str(number))
    common = {"scope": scope, "created_at": at, "session": session, "role": "user", "seq": seq}
    rows: dict[str, dict[str, Any]] = {
        "turn": common | {"id": turn, "content": corpus.texts[number], "infer": "none", "extracted_at": at},
        "memory_chunk": common
        | {"id": chunk, "source_turn": turn, "text": corpus.texts[number], "valid_from": at, "token_count": 50},
    }
    if not seq:
        rows["session"] = {"id": session, "scope": scope, "created_at": at, "turn_count": TURNS_A_SESSION}
    name = corpus.name(number)
    person = RecordID("entity", ["Person", f"{name.casefold()}~{number // TURNS_A_NAME}"])
    if number % 10 == 0:
        rows["mentions"] = {"in": chunk, "out": person, "created_at": at}
    if number % TURNS_A_NAME == 0:
        source = {"scope": scope, "created_at": at, "source_turn": turn, "memory_category": "knowledge"}
        rows["entity"] = source | {"id": person, "name": name, "type": "Person", "normalised": name.casefold()}
        fact = RecordID("attribute", [*person.id, "occupation", str(number)])  # type: ignore[misc]  # it is a list
        rows["attribute"] = source | {"id": fact, "entity": person, "key": "occupation", "value": f"baker {number}"}
    return rows
