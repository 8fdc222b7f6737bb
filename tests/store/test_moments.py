"""Ranges of moments hold exactly what they should, whatever the order in which an index has them."""

from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest

from server.store.engine import Database
from server.store.moments import between

SECOND = datetime(2026, 1, 1, tzinfo=UTC)
FRACTIONS = (
    "",
    ".000000001",
    ".0000005",
    ".1",
    ".123",
    ".123000001",
    ".1234",
    ".123456",
    ".123456789",
    ".5",
    ".999999999",
)
TEXTS = [f"2026-01-01T00:00:{second:02}{fraction}Z" for second in (0, 1) for fraction in FRACTIONS]
NANOS = [second * 10**9 + int(fraction[1:].ljust(9, "0") or 0) for second, fraction in product((0, 1), FRACTIONS)]
BOUNDS = [
    SECOND + timedelta(microseconds=micros) for micros in (-1, 0, 1, 100_000, 123_400, 123_456, 999_999, 1_000_000)
]
HOLDS: dict[str, Any] = {
    "since": lambda nanos, bound: nanos >= bound,
    "after": lambda nanos, bound: nanos > bound,
    "before": lambda nanos, bound: nanos < bound,
    "until": lambda nanos, bound: nanos <= bound,
}
EXTREMES = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))


@pytest.fixture
async def moments(database: Database) -> Database:
    await database.write("DEFINE TABLE moment; DEFINE INDEX happened_index ON moment FIELDS happened_at")
    for number, text in enumerate(TEXTS):
        await database.write(
            "CREATE type::record('moment', $number) SET happened_at = <datetime>$text",
            {"number": number, "text": text},
        )
    return database


async def found(database: Database, **bounds: datetime) -> list[int]:
    where, variables = between("happened_at", **bounds)
    rows: list[Any] = await database.rows(f"SELECT VALUE record::id(id) FROM moment WHERE {where}", variables)
    return sorted(rows)


def nanos(bound: datetime) -> int:
    return (bound - SECOND) // timedelta(microseconds=1) * 1000


@pytest.mark.parametrize("name", HOLDS)
async def test_one_end(moments: Database, name: str) -> None:
    for bound in BOUNDS:
        expected = [number for number, at in enumerate(NANOS) if HOLDS[name](at, nanos(bound))]
        assert await found(moments, **{name: bound}) == expected, bound


@pytest.mark.parametrize(("low", "high"), list(product(("since", "after"), ("before", "until"))))
async def test_both_ends(moments: Database, low: str, high: str) -> None:
    for begin, end in product(BOUNDS, BOUNDS):
        expected = [
            number for number, at in enumerate(NANOS) if HOLDS[low](at, nanos(begin)) and HOLDS[high](at, nanos(end))
        ]
        assert await found(moments, **{low: begin, high: end}) == expected, (begin, end)


async def test_the_ends_of_time(moments: Database) -> None:
    first, last = EXTREMES
    assert await found(moments, since=first, until=last) == list(range(len(TEXTS)))
    assert await found(moments, before=first) == await found(moments, after=last) == []


async def test_no_range_at_all(moments: Database) -> None:
    assert await found(moments) == list(range(len(TEXTS)))


async def test_the_index_answers(moments: Database) -> None:
    where, variables = between("happened_at", since=SECOND, before=SECOND + timedelta(seconds=1))
    (plan,) = await moments.read(f"SELECT * FROM moment WHERE {where} EXPLAIN", variables)
    assert "IndexScan" in str(plan)
