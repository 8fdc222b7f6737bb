"""Values numbered in the order in which they were first seen."""

from collections.abc import Hashable, Iterable, Iterator
from typing import Generic, TypeVar

Value = TypeVar("Value", bound=Hashable)


class Interned(Generic[Value]):
    """Stands for values in columns of small numbers."""

    def __init__(self, values: Iterable[Value] = ()) -> None:
        self._values: list[Value] = []
        self._numbers: dict[Value, int] = {}
        for value in values:
            self.number(value)

    def number(self, value: Value) -> int:
        """The number of a value, a new one if need be."""
        number = self._numbers.setdefault(value, len(self._values))
        if number == len(self._values):
            self._values.append(value)
        return number

    def numbers(self, values: Iterable[Value]) -> list[int]:
        """The numbers of several values, most of which were seen before."""
        several = list(values)
        known = list(map(self._numbers.get, several))
        return [self.number(one) if number is None else number for one, number in zip(several, known, strict=True)]

    def find(self, value: Value) -> int | None:
        """The number of a value that was seen."""
        return self._numbers.get(value)

    def values(self, numbers: Iterable[int]) -> list[Value]:
        """The values of several numbers."""
        return list(map(self._values.__getitem__, numbers))

    def __getitem__(self, number: int) -> Value:
        return self._values[number]

    def __len__(self) -> int:
        return len(self._values)

    def __iter__(self) -> Iterator[Value]:
        return iter(self._values)
