"""Rows of a table, and the view of them that an operator has chosen."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

Sortable = str | int | float


@dataclass(frozen=True)
class Column:
    """A column with its id, its heading, and how wide it is; None takes what is left."""

    id: str
    label: str
    width: int | None = None
    right: bool = False
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

    def sortable(self, column: int) -> tuple[int, Sortable]:
        value = self.sort[column] if self.sort else self.cells[column].casefold()
        return (1, value) if isinstance(value, str) else (0, value)

    def holds(self, words: Iterable[str]) -> bool:
        """Whether each of the words stands somewhere in the row."""
        text = " ".join((*self.cells, self.words)).casefold()
        return all(word in text for word in words)


@dataclass(frozen=True)
class View:
    """Which rows are shown, and in which order; None keeps the order of the server."""

    filter: str = ""
    sort: int | None = None
    reverse: bool = False

    def sorted_by_next(self, columns: int) -> "View":
        """By the first column, the second, …, and in the server's order again."""
        following = 0 if self.sort is None else self.sort + 1
        return replace(self, sort=following if following < columns else None, reverse=False)

    def of(self, rows: Sequence[Row]) -> tuple[Row, ...]:
        words = self.filter.casefold().split()
        shown = [row for row in rows if row.holds(words)] if words else list(rows)
        if self.sort is not None:
            column = self.sort
            by: Callable[[Row], tuple[int, Sortable]] = lambda row: row.sortable(column)  # noqa: E731 (typed for sort)
            shown.sort(key=by, reverse=self.reverse)
        elif self.reverse:
            shown.reverse()
        return tuple(shown)
