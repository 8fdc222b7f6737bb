"""The ways in which due records are found: by age within a category, and by when they ended.

An index of the engine keeps moments as text, so that 12:00:00Z stands after 12:00:00.5Z. Only whole seconds are in
their order, and within one a page has to go on by the text.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from server.retention.rules import Rule, Rules
from server.retention.tables import TABLES, UNSAID, MemoryTable
from server.store.engine import Row

# Before and after everything that is stored.
BEGINNING = datetime(1, 1, 2, tzinfo=UTC)
NEVER = datetime(9000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Stream:
    """The records of a table in the order of their age or of their end; nothing after `before` can be due."""

    table: MemoryTable
    order: str
    before: datetime
    category: str | None = None

    @property
    def source(self) -> str:
        """The condition that an index answers."""
        if self.order == "valid_until":
            return "valid_until > $beginning AND valid_until >= $from AND valid_until <= $ended_before"
        return f"{'memory_category = $category AND ' if self.table.indexed else ''}{self.order} >= $from"

    @property
    def unread(self) -> str:
        """The condition that a record of the source comes after the one that the last page ended with."""
        return f"(<string>{self.order} > <string>$from OR id > $after)"


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the next page of a stream begins: after this record, or at the very beginning."""

    start: datetime = BEGINNING
    after: Any = None

    def variables(self, limit: int) -> dict[str, Any]:
        return {"from": self.start, "after": self.after, "limit": limit}

    @classmethod
    def following(cls, stream: Stream, page: Row, limit: int) -> "Cursor | None":
        """The place after a page that was read, if anything beyond it can be due."""
        if page["read"] < limit or page["from"] > second_after(stream.before):
            return None
        return cls(page["from"], page["after"])


def second_after(moment: datetime) -> datetime:
    """The whole second that an index has after all of the moment's own."""
    return moment.replace(microsecond=0) + timedelta(seconds=1)


def streams(variants: Sequence[Rules], until: datetime) -> Iterator[Stream]:
    """All of them, in the order in which a sweep goes through them."""
    for table in TABLES:
        for category in _categories(table, variants):
            names = [category] if category in table.categories else ["context"]
            shortest = min(rule.ttl for rule in _rules(variants, names) if rule.ttl)
            yield Stream(table, "created_at", _before(until, shortest), category)
        yield Stream(table, "valid_until", until)


def _categories(table: MemoryTable, variants: Sequence[Rules]) -> list[str | None]:
    """What `memory_category` may be in a record that can be too old."""
    mortal = [name for name in table.categories if any(rule.ttl for rule in _rules(variants, [name]))]
    if not table.indexed:
        return list(mortal[:1])
    return [*mortal, *([None] if table.category == UNSAID and "context" in mortal else [])]


def _rules(variants: Sequence[Rules], categories: Sequence[str | None]) -> list[Rule]:
    return [rule for rules in variants for rule in rules.ordered if rule.category in categories]


def _before(moment: datetime, span: timedelta) -> datetime:
    return max(moment - span, BEGINNING)
