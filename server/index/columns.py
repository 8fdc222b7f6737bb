"""What a shelf knows of its rows, a column each, so that reading one does not read the others along."""

from typing import Any, Self

import numpy as np
import numpy.typing as npt

# Also how rows are saved.
ROW = np.dtype(
    [
        ("alive", "?"),
        ("scope", "i4"),
        ("labels", "i4"),
        ("role", "u1"),
        ("of", "i4"),
        ("position", "f8"),
        ("before", "i4"),
        ("after", "i4"),
        ("said_at", "f8"),
        ("created_at", "f8"),
        ("text_at", "i8"),
        ("text_size", "i4"),
        ("length", "i4"),
        ("asks", "?"),
        ("times", "u1"),
        ("numbers", "u1"),
        ("names", "u1"),
    ]
)
NAMES = tuple(ROW.names or ())
Column = npt.NDArray[Any]


class Columns:
    """As many rows as there is room for, all zero to begin with."""

    def __init__(self, size: int) -> None:
        self._columns: dict[str, Column] = {name: np.zeros(size, dtype=ROW[name]) for name in NAMES}

    @classmethod
    def unpacked(cls, rows: npt.NDArray[np.void]) -> Self:
        """From rows as they are saved."""
        columns = cls(0)
        columns._columns = {name: rows[name].copy() for name in NAMES}
        return columns

    def packed(self, count: int) -> npt.NDArray[np.void]:
        """The first rows, to be saved."""
        rows = np.empty(count, dtype=ROW)
        for name, column in self._columns.items():
            rows[name] = column[:count]
        return rows

    def moved(self, rows: npt.NDArray[Any] | slice, size: int) -> "Columns":
        """Some rows in their order, with room for so many."""
        columns = Columns(size)
        for name, column in self._columns.items():
            taken = column[rows]
            columns[name][: len(taken)] = taken
        return columns

    def put(self, row: int, **values: float) -> None:
        """Set some columns of a row."""
        for name, value in values.items():
            self._columns[name][row] = value

    @property
    def nbytes(self) -> int:
        return sum(column.nbytes for column in self._columns.values())

    def __getitem__(self, name: str) -> Column:
        return self._columns[name]

    def __len__(self) -> int:
        return len(self._columns["alive"])
