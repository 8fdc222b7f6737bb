"""Which records are to be forgotten, by table."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from surrealdb import RecordID

from server.core.visibility import Visibility
from server.store.scoped import condition

TABLES = ("session", "turn", "memory_chunk", "entity", "attribute", "relates_to", "instruction", "uncertainty")


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a caller may forget: what it sees, and general knowledge only with `general`."""

    visibility: Visibility
    general: bool

    def condition(self) -> tuple[str, dict[str, Any]]:
        text, variables = condition(self.visibility)
        return f"({text} AND ($general OR scope != <set>[]))", variables | {"general": self.general}


@dataclass(frozen=True)
class Selection:
    """Records by table, and the names that are not to be read anywhere afterwards."""

    ids: Mapping[str, frozenset[RecordID]] = field(default_factory=dict)
    names: frozenset[str] = frozenset()

    def of(self, table: str) -> frozenset[RecordID]:
        return self.ids.get(table, frozenset())

    def plus(self, ids: Iterable[RecordID] = (), names: Iterable[str] = ()) -> "Selection":
        """With more records, each under its own table."""
        grown = dict(self.ids)
        for record in ids:
            grown[record.table_name] = grown.get(record.table_name, frozenset()) | {record}
        return Selection(grown, self.names | frozenset(names))

    @property
    def counts(self) -> dict[str, int]:
        return {table: len(self.ids[table]) for table in TABLES if self.ids.get(table)}

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def variables(self) -> dict[str, list[RecordID]]:
        """One variable for each table."""
        return {f"{table}_ids": sorted(self.of(table), key=str) for table in TABLES}
