"""Rows of a table, and the view of them that an operator has chosen."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

Sortable = str | int | float


@dataclass(frozen=True)
class Column:
    """A column with its id, its heading, and how wide it is; None takes what is left."""

    id: str
    label: str
    width: int | None = None
    right: bool = False
    narrow: int | None = None
    """How wide it is where the table is narrow, if less than elsewhere."""
    from_width: int = 0
    """Drawn only where the table is at least so wide."""


@dataclass(frozen=True)
class Row:
    """A line of the table: a key that stays the same from poll to poll, and a text a column."""

    key: str
    cells: tuple[str, ...]
    sort: tuple[Sortable, ...] = ()
    """What each column sorts by, where that is not its text."""
    document: Any = field(default=None, compare=False)
    """The record behind the row, as it is copied and exported."""
    style: str = ""
    words: str = field(default="", compare=False)
    """What a filter looks into besides the cells."""
    text: str = field(default="", compare=False)
    """What is copied as text, where that is not the cells."""

    def sortable(self, column: int) -> tuple[int, Sortable]:
        value = self.sort[column] if self.sort else self.cells[column].casefold()
        return (1, value) if isinstance(value, str) else (0, value)

    @cached_property
    def sought(self) -> str:
        """What a filter looks into; kept, because each letter of a filter asks for it anew."""
        return " ".join((*self.cells, self.words)).casefold()

    def holds(self, words: Iterable[str]) -> bool:
        """Whether each of the words stands somewhere in the row."""
        text = self.sought
        return all(word in text for word in words)


@dataclass(frozen=True)
class View:
    """Which rows are shown, and in which order; None keeps the order of the server."""

    filter: str = ""
    sort: int | None = None
    reverse: bool = False

    def sorted_by_next(self, columns: Sequence[int]) -> "View":
        """By the first of the columns, the second, …, and in the server's order again."""
        before = -1 if self.sort is None else self.sort
        return replace(self, sort=next((column for column in columns if column > before), None), reverse=False)

    def of(self, rows: Sequence[Row]) -> tuple[Row, ...]:
        words = self.filter.casefold().split()
        shown = [row for row in rows if row.holds(words)] if words else list(rows)
        if self.sort is not None:
            _sort(shown, self.sort, reverse=self.reverse)
        elif self.reverse:
            shown.reverse()
        return tuple(shown)


def _sort(rows: list[Row], column: int, *, reverse: bool) -> None:
    """By the values themselves where they compare with each other, which they mostly do; else numbers before texts."""
    if all(row.sort for row in rows):
        values: list[Any] = [row.sort[column] for row in rows]
        kinds = set(map(type, values))
        if kinds <= {int, float} or kinds == {str}:
            order = sorted(range(len(rows)), key=values.__getitem__, reverse=reverse)
            rows[:] = [rows[index] for index in order]
            return
    rows.sort(key=lambda row: row.sortable(column), reverse=reverse)
