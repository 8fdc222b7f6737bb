"""Edges between entities: stated, denied, and ended with the value that implied them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from surrealdb import RecordID

from server.core.ids import Ids
from server.core.vocabulary.keys import KEYS, MemoryCategory, key_named
from server.memory.beliefs import Source, StoredAttribute, StoredRelation
from server.memory.current_keys import of_relation
from server.memory.names import normalised
from server.memory.reconciliation.basis import Basis
from server.memory.reconciliation.effects import Action
from server.memory.reconciliation.ledger import Ledger

# Labels of which somebody has one at a time, because the key that implies them holds one value.
SINGLE = frozenset(key.implies.label for key in KEYS.values() if key.implies and not key.many)


@dataclass(frozen=True, slots=True)
class Tie:
    """An edge that somebody states or denies."""

    subject: RecordID
    label: str
    object: RecordID
    memory_category: MemoryCategory
    confidence: float | None = None
    start: datetime | None = None
    end: datetime | None = None
    period: str | None = None


@dataclass(frozen=True, slots=True)
class Tied:
    """What became of it."""

    action: Action
    row: StoredRelation | None


class RelationBook:
    """The relations that a turn touches; holds that an edge is current once in a scope."""

    def __init__(self, basis: Basis, ids: Ids, stored: Iterable[StoredRelation]) -> None:
        self.ledger = Ledger(stored, basis.recorded_at)
        self._basis = basis
        self._ids = ids

    def state(self, tie: Tie) -> Tied:
        """Take in that an edge holds."""
        said_at, authoritative = self._basis.said_at, self._basis.source.authoritative
        edges = [row for row in self._edges(tie) if row.object == tie.object]
        if tie.end is not None and tie.end <= said_at:
            same = next((row for row in edges if row.valid_until == tie.end), None)
            return Tied("confirmed", same) if same else Tied("past", self.ledger.put(self._row(tie)))
        current = next((row for row in edges if row.current_key is not None), None)
        if current is not None and current.in_force(said_at) and current.source.authoritative >= authoritative:
            confirmed = current if tie.end is None else self.ledger.prolong(current, tie.end)
            return Tied("confirmed", confirmed)
        if current is not None:
            self._ended(current, tie.start or said_at)
        return self._among_others(tie)

    def deny(self, tie: Tie) -> Tied:
        """Take in that an edge does not hold, or no longer."""
        edges = [row for row in self._edges(tie) if row.object == tie.object and row.in_force(self._basis.said_at)]
        if not edges:
            return Tied("unknown", None)
        if any(row.source.authoritative for row in edges) and not self._basis.source.authoritative:
            return Tied("disputed", edges[0])
        when = tie.end or tie.start or self._basis.said_at
        ended = [self._ended(row, when) for row in edges]
        return Tied("ended", ended[0])

    def end_implied(self, attribute: StoredAttribute) -> None:
        """End the edge that a value stood for, when the value did."""
        implies = key_named(attribute.key).implies
        if implies is None or attribute.valid_until is None:
            return
        name = normalised(attribute.value.split(",", maxsplit=1)[0])
        for row in self.named(attribute.entity, implies.label, name):
            self._ended(row, attribute.valid_until)

    def named(self, subject: RecordID, label: str, name: str | None = None) -> list[StoredRelation]:
        """The edges in force from an entity under a label, to whatever goes by that name."""
        return [
            row
            for row in self.ledger
            if (row.subject, row.label) == (subject, label)
            and row.in_force(self._basis.said_at)
            and (name is None or name in row.object_names)
        ]

    def end(self, row: StoredRelation) -> StoredRelation:
        """End an edge with this turn."""
        return self._ended(row, self._basis.said_at)

    def _among_others(self, tie: Tie) -> Tied:
        """A label that somebody has once ends the edge it had, unless an authority stated it or it was said later."""
        row = self._row(tie, of_relation(self._basis.scope, tie.subject, tie.label, tie.object))
        if tie.label not in SINGLE:
            return Tied("created", self.ledger.put(row))
        others = self.named(tie.subject, tie.label)
        if any(other.source.authoritative for other in others) and not self._basis.source.authoritative:
            return Tied("disputed", None)
        later = [other for other in others if other.source.at > self._basis.said_at]
        if later and not self._basis.source.authoritative:
            until = min(other.valid_from or other.source.at for other in later)
            until = max(until, row.valid_from or until)
            return Tied("late", self.ledger.put(replace(row, valid_until=until, current_key=None)))
        for other in others:
            self._ended(other, row.valid_from or self._basis.said_at)
        return Tied("superseded" if others else "created", self.ledger.put(row))

    def _edges(self, tie: Tie) -> list[StoredRelation]:
        return [row for row in self.ledger if (row.subject, row.label) == (tie.subject, tie.label)]

    def _ended(self, row: StoredRelation, until: datetime) -> StoredRelation:
        ended = self.ledger.end(row, until)
        return ended if ended.in_force(self._basis.said_at) else self.ledger.put(replace(ended, current_key=None))

    def _row(self, tie: Tie, key: str | None = None) -> StoredRelation:
        basis = self._basis
        over = tie.end is not None and tie.end <= basis.said_at
        period = () if tie.period is None else (("period", tie.period),)
        return StoredRelation(
            id=RecordID("relates_to", self._ids.id()),
            subject=tie.subject,
            label=tie.label,
            object=tie.object,
            scope=basis.scope,
            memory_category=basis.memory_category or tie.memory_category,
            valid_from=tie.start or (None if over else basis.said_at),
            valid_until=tie.end,
            created_at=basis.recorded_at,
            source=Source(basis.source.kind, basis.source.at, (*basis.source.more, *period)),
            source_turn=basis.turn,
            current_key=key,
            confidence=tie.confidence,
            labels=basis.labels,
        )
