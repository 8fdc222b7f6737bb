"""When a record is due, and under which rule."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from server.retention.queries import KEPT
from server.retention.rules import Rules
from server.retention.streams import NEVER
from server.store.engine import Row

# The rule of a fate that was decided by the end of the grace period.
GRACE = -2

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

# Microseconds of the epoch; None is never.
Due = int | None


@dataclass(frozen=True, slots=True)
class Fate:
    """When a record is due under one rule set."""

    rule: int
    due: Due


def fates(variants: Sequence[Rules], row: Row) -> tuple[Fate, ...]:
    """The fate of a row under each rule set; it lives as long as what needs it."""
    needed: Sequence[Due] = row.get("needed") or [0] * len(variants)
    own = (_fate(rules, index, row) for rules, index in zip(variants, row["rules"], strict=True))
    return tuple(Fate(fate.rule, latest((fate.due, until))) for fate, until in zip(own, needed, strict=True))


def latest(dues: Iterable[Due]) -> Due:
    """The moment by which all of them are due."""
    last = 0
    for due in dues:
        if due is None:
            return None
        last = max(last, due)
    return last


def label(rules: Rules, fate: Fate) -> str:
    """What a report calls the rule that decided."""
    return rules.grace_label if fate.rule == GRACE else rules.ordered[fate.rule].label


def micros(moment: datetime) -> int:
    """Microseconds of the epoch, exactly."""
    return (moment - _EPOCH) // _MICROSECOND


def moment(micros: int) -> datetime:
    return _EPOCH + micros * _MICROSECOND


def _fate(rules: Rules, index: int, row: Row) -> Fate:
    if index == KEPT:
        return Fate(KEPT, None)
    ttl = rules.ordered[index].ttl
    aged = None if ttl is None else row["created"] + ttl // _MICROSECOND
    ended = None if row["ended"] >= micros(NEVER) else row["ended"] + rules.grace // _MICROSECOND
    if ended is not None and (aged is None or ended < aged):
        return Fate(GRACE, ended)
    return Fate(index, aged)
