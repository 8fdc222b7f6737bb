"""The rules of retention in plain Python, written from their description and not from the server."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, get_args

Attributes = frozenset[tuple[str, str]]
Origin = Literal["server", "context", "api"]

GRACE = timedelta(days=30)
DEFAULTS = {"context": timedelta(days=7), "unknowns": timedelta(days=30)}


@dataclass(frozen=True)
class Promise:
    """A policy; a `ttl` of None is for ever."""

    scope: Attributes
    category: str
    ttl: timedelta | None
    source: Origin = "context"


@dataclass
class Record:
    """A row of some table; links are names of other records."""

    name: str
    table: str
    category: str
    scope: Attributes
    created: datetime
    ended: datetime | None = None
    forgotten: datetime | None = None
    retracted: datetime | None = None
    from_document: bool = False
    superseded_by: str | None = None
    needs: tuple[str, ...] = ()
    links: dict[str, str | None] = field(default_factory=dict)
    columns: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Policies:
    """What a Context is under."""

    promises: Sequence[Promise] = ()
    retention_days: int | None = None
    grace: timedelta = GRACE


def ttl_of(record: Record, policies: Policies) -> timedelta | None:
    """How long the record lives."""
    matching: dict[Attributes, Promise] = {}
    for promise in sorted(policies.promises, key=lambda each: get_args(Origin).index(each.source)):
        if promise.category == record.category and promise.scope <= record.scope:
            matching[promise.scope] = promise
    if not matching:
        if record.category == "context" and policies.retention_days is not None:
            return timedelta(days=policies.retention_days)
        return DEFAULTS.get(record.category)
    most = max(len(promise.scope) for promise in matching.values())
    lives = [promise.ttl for promise in matching.values() if len(promise.scope) == most]
    finite = [life for life in lives if life is not None]
    return max(finite) if len(finite) == len(lives) else None


def due_by_itself(record: Record, policies: Policies, now: datetime, within: Attributes) -> bool:
    if record.from_document or not within <= record.scope:
        return False
    ttl = ttl_of(record, policies)
    if ttl is not None and now - record.created >= ttl:
        return True
    if record.ended is None:
        return False
    known = max(moment for moment in (record.ended, record.forgotten, record.retracted, record.created) if moment)
    return now - known >= policies.grace


def doomed(records: Iterable[Record], policies: Policies, now: datetime, within: Attributes = frozenset()) -> set[str]:
    """The names of what a sweep deletes: first what is due, then without what must stay for others' sake."""
    by_name = {record.name: record for record in records}
    going = {name for name, record in by_name.items() if due_by_itself(record, policies, now, within)}
    while True:
        staying = by_name.keys() - going
        kept = {need for name in staying for need in by_name[name].needs}
        for name in by_name:
            chain = chain_of(name, by_name)
            if not chain <= going:
                kept |= chain
        if not kept & going:
            return going
        going -= kept


def chain_of(name: str, by_name: dict[str, Record]) -> set[str]:
    """Every value that replaced another on the way to the same head."""
    return {other for other in by_name if head_of(other, by_name) == head_of(name, by_name)}


def head_of(name: str, by_name: dict[str, Record]) -> str:
    while (following := by_name[name].superseded_by) in by_name:
        assert following is not None
        name = following
    return name
