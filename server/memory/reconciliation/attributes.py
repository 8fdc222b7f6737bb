"""Values of entities: what a new one replaces, confirms, or cannot replace."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from surrealdb import RecordID

from server.core.ids import Ids
from server.core.vocabulary.keys import MemoryCategory, key_named
from server.memory.beliefs import Source, StoredAttribute, attribute_id
from server.memory.current_keys import of_attribute
from server.memory.reconciliation.basis import Basis
from server.memory.reconciliation.effects import Action
from server.memory.reconciliation.ledger import Ledger
from server.memory.values import canonical, words_of


@dataclass(frozen=True, slots=True)
class Claim:
    """A value that somebody states or denies of an entity."""

    entity: RecordID
    key: str
    value: str
    memory_category: MemoryCategory
    confidence: float | None = None
    start: datetime | None = None
    end: datetime | None = None
    period: str | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """What became of a claim: the row that says it now, and the rows that hold no longer because of it."""

    action: Action
    row: StoredAttribute | None
    ended: tuple[StoredAttribute, ...] = ()


class AttributeBook:
    """The attributes that a turn touches; holds that a key has one current value in a scope, or one of each."""

    def __init__(self, basis: Basis, ids: Ids, stored: Iterable[StoredAttribute]) -> None:
        self.ledger = Ledger(stored, basis.recorded_at)
        self._basis = basis
        self._ids = ids

    def state(self, claim: Claim) -> Placed:
        """Take in that a value holds."""
        rows = self._rows(claim)
        if claim.end is not None and claim.end <= self._basis.said_at:
            return self._past(claim, rows)
        key = of_attribute(self._basis.scope, claim.entity, claim.key, claim.value)
        head = next((row for row in rows if row.current_key == key), None)
        if head is not None and head.in_force(self._basis.said_at):
            outranked = head.source.authoritative and not self._authoritative
            if self._same(head, claim) and (outranked or head.source.authoritative == self._authoritative):
                return self._confirmed(head, claim)
            if outranked:
                return Placed("disputed", head)
        later = self._said_later(claim, rows)
        return self._late(claim, later) if later else self._current(claim, rows, head, key)

    def deny(self, claim: Claim) -> Placed:
        """Take in that a value does not hold, or no longer."""
        when = claim.end or claim.start or self._basis.said_at
        denied = self._denied(claim)
        if not denied:
            return Placed("unknown", None)
        if any(row.source.authoritative for row in denied) and not self._authoritative:
            return Placed("disputed", denied[0])
        ended = tuple(self._released(self.ledger.end(row, when)) for row in denied)
        return Placed("ended", ended[0], ended)

    @property
    def _authoritative(self) -> bool:
        return self._basis.source.authoritative

    def _rows(self, claim: Claim) -> list[StoredAttribute]:
        return [row for row in self.ledger if row.entity == claim.entity and row.key == claim.key]

    def _same(self, row: StoredAttribute, claim: Claim) -> bool:
        return canonical(row.key, row.value) == canonical(claim.key, claim.value)

    def _said_later(self, claim: Claim, rows: list[StoredAttribute]) -> list[StoredAttribute]:
        """The values that were said after this turn, which came late; the earliest first."""
        if key_named(claim.key).many:
            return []
        later = [
            row
            for row in rows
            if row.source.at > self._basis.said_at
            and row.in_force(row.source.at)
            and row.source.authoritative >= self._authoritative
        ]
        return sorted(later, key=lambda row: row.source.at)

    def _confirmed(self, head: StoredAttribute, claim: Claim) -> Placed:
        if claim.end is None or claim.end == head.valid_until:
            return Placed("confirmed", head)
        return Placed("confirmed", self.ledger.prolong(head, claim.end))

    def _past(self, claim: Claim, rows: list[StoredAttribute]) -> Placed:
        """A value of a time that is over replaces nothing."""
        for row in rows:
            if self._same(row, claim) and row.valid_until == claim.end:
                return Placed("confirmed", row)
        return Placed("past", self.ledger.put(self._row(claim)))

    def _late(self, claim: Claim, later: list[StoredAttribute]) -> Placed:
        """What was said before the values known since takes its place among them."""
        successor = later[0]
        if self._same(successor, claim):
            return Placed("confirmed", successor)
        row = self._row(claim)
        starts = [one.valid_from or one.source.at for one in later]
        until = max(min(starts), row.valid_from or min(starts))
        row = replace(row, valid_until=until if row.valid_until is None else min(until, row.valid_until))
        before = self.ledger.get(successor.supersedes)
        if successor.supersedes is None or before is not None:
            row = replace(row, supersedes=successor.supersedes, superseded_by=successor.id)
            self.ledger.put(replace(successor, supersedes=row.id))
        if before is not None:
            self.ledger.put(replace(self.ledger.end(before, row.valid_from or until), superseded_by=row.id))
        return Placed("late", self.ledger.put(row))

    def _current(self, claim: Claim, rows: list[StoredAttribute], head: StoredAttribute | None, key: str) -> Placed:
        row = self._row(claim, key)
        said_at, single = self._basis.said_at, not key_named(claim.key).many
        ended = []
        for one in rows:
            if one is not head and not (single and one.in_force(said_at)):
                continue
            after = self.ledger.end(one, row.valid_from or said_at)
            if one is head:
                after = self.ledger.put(replace(after, current_key=None, superseded_by=row.id))
            if one.in_force(said_at):
                ended.append(after)
        row = self.ledger.put(replace(row, supersedes=head.id if head else None))
        replaced = any(not self._same(one, claim) for one in ended)
        return Placed("superseded" if replaced else "created", row, tuple(ended))

    def _denied(self, claim: Claim) -> list[StoredAttribute]:
        """The rows that a denial speaks of: those of that value, else the one whose wording contains it."""
        believed = [row for row in self._rows(claim) if row.in_force(self._basis.said_at)]
        same = [row for row in believed if self._same(row, claim)]
        if same or not key_named(claim.key).prose:
            return same
        wider = [row for row in believed if words_of(claim.value) <= words_of(row.value)]
        return wider if len(wider) == 1 else []

    def _released(self, row: StoredAttribute) -> StoredAttribute:
        """A row that holds no longer leaves its place to the next one."""
        return row if row.in_force(self._basis.said_at) else self.ledger.put(replace(row, current_key=None))

    def _row(self, claim: Claim, key: str | None = None) -> StoredAttribute:
        basis = self._basis
        open_past = claim.end is not None and claim.end <= basis.said_at
        period = () if claim.period is None else (("period", claim.period),)
        return StoredAttribute(
            id=attribute_id(claim.entity, claim.key, self._ids.id()),
            entity=claim.entity,
            key=claim.key,
            value=claim.value,
            scope=basis.scope,
            memory_category=basis.memory_category or claim.memory_category,
            valid_from=claim.start or (None if open_past else basis.said_at),
            valid_until=claim.end,
            created_at=basis.recorded_at,
            source=Source(basis.source.kind, basis.source.at, (*basis.source.more, *period)),
            source_turn=basis.turn,
            current_key=key,
            confidence=claim.confidence,
            labels=basis.labels,
        )
