"""Facts as recall reads them: which hold at the time that is asked about, and which of two counts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from surrealdb import RecordID

from server.core.scope import Scope
from server.core.vocabulary.keys import key_named
from server.recall.asking import Times
from server.store.engine import Row
from server.store.scoped import scope_of

AUTHORITATIVE = frozenset({"document", "manual"})
# Wide enough for all that holds; `Fact.holds` decides where an end became known later.
HELD = (
    "forgotten_at = NONE AND created_at <= $known_at AND (valid_from = NONE OR valid_from <= $as_of) "
    "AND (valid_until = NONE OR valid_until > $as_of OR retracted_at > $known_at)"
)
COLUMNS = (
    "id, scope, labels, source, source_turn, source_turn.session AS session, valid_from, valid_until, created_at, "
    "past_ends"
)


@dataclass(frozen=True, slots=True)
class Instant:
    """Of when, and as known when."""

    as_of: datetime
    known_at: datetime

    @classmethod
    def of(cls, times: Times, now: datetime) -> "Instant":
        return cls(times.as_of or times.known_at or now, times.known_at or now)

    @property
    def variables(self) -> dict[str, Any]:
        return {"as_of": self.as_of, "known_at": self.known_at}


@dataclass(frozen=True, slots=True)
class Fact:
    """An attribute of an entity, or a relation between two, said as a sentence would."""

    id: str
    entity: RecordID
    name: str
    type: str
    key: str
    value: str
    scope: Scope
    said_at: datetime
    valid_from: datetime | None
    valid_until: datetime | None
    authoritative: bool
    labels: frozenset[str]
    turn_id: str | None
    session_id: str | None
    document_id: str | None
    chunk: RecordID | None
    object: RecordID | None = None

    @property
    def text(self) -> str:
        return f"{self.name} \u2014 {self.key.replace('_', ' ')}: {self.value}"

    @property
    def words(self) -> str:
        """What a question about it would say."""
        return f"{self.name} {self.key.replace('_', ' ')} {key_named(self.key).summary} {self.value}"


def fact_from(row: Row, name: str, type_name: str, *, key: str, value: str, of: RecordID) -> Fact:
    source = row.get("source") or {}
    turn, session, document = row.get("source_turn"), row.get("session"), source.get("document")
    return Fact(
        id=record_text(row["id"]),
        entity=of,
        name=name,
        type=type_name,
        key=key,
        value=value,
        scope=scope_of(row["scope"]),
        said_at=source.get("at") or row.get("valid_from") or row["created_at"],
        valid_from=row.get("valid_from"),
        valid_until=row.get("valid_until"),
        authoritative=source.get("kind") in AUTHORITATIVE,
        labels=frozenset(row.get("labels") or ()),
        turn_id=str(turn.id) if turn else None,
        session_id=str(session.id) if session else None,
        document_id=str(document.id) if document else None,
        chunk=source.get("chunk"),
        object=row.get("out"),
    )


def holds(row: Row, instant: Instant) -> bool:
    """Whether a row that `HELD` let through holds by what was known then."""
    end = row.get("valid_until")
    for past in row.get("past_ends") or ():
        if instant.known_at < past["before"]:
            end = past.get("until")
            break
    return end is None or instant.as_of < end


def settled(facts: Iterable[Fact]) -> list[Fact]:
    """One value for a key that has one: that of the authority, else the one said last."""
    kept: dict[object, Fact] = {}
    for fact in sorted(facts, key=lambda one: (one.authoritative, one.said_at)):
        alone = fact.object is None and not key_named(fact.key).many
        kept[(fact.entity, fact.key, fact.scope) if alone else fact.id] = fact
    return list(kept.values())


def record_text(record: RecordID) -> str:
    """A record's id as it stands in answers and traces."""
    key = record.id
    parts = map(str, key) if isinstance(key, list | tuple) else [str(key)]
    return f"{record.table_name}:{'/'.join(parts)}"
