"""The two times of a question: of when, and as known when."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from server.core.vocabulary.keys import key_named
from server.memory.beliefs import AnyBelief, StoredAttribute
from server.store.engine import Row

# Wide enough for every belief that holds; `Belief.holds` decides where an end was learnt after `known_at`.
HELD = (
    "forgotten_at = NONE AND created_at <= $known_at AND (valid_from = NONE OR valid_from <= $as_of) "
    "AND (valid_until = NONE OR valid_until > $as_of OR retracted_at > $known_at)"
)
# Records without a period of their own are there from when they were made, or said, until they were taken back.
SAID = "(created_at <= $as_of OR (source_turn.occurred_at != NONE AND source_turn.occurred_at <= $as_of))"
STANDING = (
    f"forgotten_at = NONE AND created_at <= $known_at AND {SAID} AND (valid_until = NONE OR valid_until > $as_of "
    "OR retracted_at > $known_at)"
)


@dataclass(frozen=True, slots=True)
class Instant:
    """What was true as of one time, by what was recorded until another.

    `as_of` alone looks at the past with today's knowledge. `known_at` alone answers as the same question would have
    been answered then.
    """

    as_of: datetime
    known_at: datetime

    @classmethod
    def of(cls, now: datetime, as_of: datetime | None = None, at_instant: datetime | None = None) -> "Instant":
        """From what a request says; `at_instant` is the time of recording."""
        return cls(as_of or at_instant or now, at_instant or now)

    @property
    def variables(self) -> dict[str, Any]:
        return {"as_of": self.as_of, "known_at": self.known_at}

    def holding(self, beliefs: Iterable[AnyBelief]) -> list[AnyBelief]:
        """Those that hold, with the ends that they were known to have."""
        held = (belief for belief in beliefs if belief.holds(self.as_of, self.known_at))
        return [as_known(belief, self.known_at) for belief in held]

    def stands(self, row: Row) -> bool:
        """The same for an instruction."""
        retracted, until = row.get("retracted_at"), row.get("valid_until")
        return until is None or until > self.as_of or (retracted is not None and retracted > self.known_at)


def as_known(belief: AnyBelief, known_at: datetime) -> AnyBelief:
    """The belief without what was learnt of it later."""
    learnt = [end for end in belief.past_ends if end.before <= known_at]
    if len(learnt) == len(belief.past_ends):
        return belief
    changes: dict[str, Any] = {
        "valid_until": belief.end_known_at(known_at),
        "retracted_at": learnt[-1].before if learnt else None,
        "past_ends": tuple(learnt),
    }
    if isinstance(belief, StoredAttribute):
        changes["superseded_by"] = None
    return replace(belief, **changes)


def settled(attributes: Iterable[StoredAttribute]) -> list[StoredAttribute]:
    """One value for a key that has one: of two that cover a time, that of the authority, else the one said later."""
    kept: dict[tuple[object, ...], StoredAttribute] = {}
    for row in sorted(attributes, key=lambda one: (one.source.authoritative, one.source.at, one.created_at)):
        many = key_named(row.key).many
        kept[(str(row.entity), row.key, row.scope, str(row.id) if many else "")] = row
    return sorted(kept.values(), key=lambda one: (one.created_at, str(one.id)))
