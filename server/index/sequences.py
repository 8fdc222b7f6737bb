"""The order of rows inside their groups: the turns of a session, the chunks of a document."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable

NONE = -1


class Sequence:
    """The rows of one group, by position and then by row."""

    def __init__(self, positions: Iterable[float] = (), rows: Iterable[int] = ()) -> None:
        self._positions = array("d", positions)
        self._rows = array("i", rows)

    def insert(self, position: float, row: int) -> tuple[int, int]:
        """Put a row in its place; the rows before and after it, `NONE` at an end."""
        at = bisect_left(self._positions, position)
        while at < len(self._rows) and self._positions[at] == position and self._rows[at] < row:
            at += 1
        self._positions.insert(at, position)
        self._rows.insert(at, row)
        return self._around(at)

    def remove(self, position: float, row: int) -> tuple[int, int]:
        """Take a row out; the rows that are now neighbours."""
        at = bisect_left(self._positions, position)
        while self._rows[at] != row:
            at += 1
        around = self._around(at)
        del self._positions[at], self._rows[at]
        return around

    def _around(self, at: int) -> tuple[int, int]:
        before = self._rows[at - 1] if at else NONE
        after = self._rows[at + 1] if at + 1 < len(self._rows) else NONE
        return before, after

    def __len__(self) -> int:
        return len(self._rows)
