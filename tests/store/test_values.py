"""What goes into either engine comes out of it again."""

import uuid
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from surrealdb import Duration, RecordID, Table
from surrealdb.data.types.datetime import PreciseDatetime
from surrealdb.data.types.geometry import GeometryPoint
from surrealdb.data.types.null import Null
from surrealdb.data.types.range import BoundExcluded, BoundIncluded, Range
from surrealdb.data.types.set import SurrealSet

from server.core.errors import UnprocessableError
from server.store.engine import Database

INJECTIONS = [
    "'; REMOVE TABLE thing; --",
    '"; REMOVE DATABASE prod; COMMIT; --',
    "`; THROW 'gone'; `",
    "$value; }; DELETE thing; {",
    "/* */ -- # \\ \\' \\u0027",
]
STRINGS = ["", "grüße 😀 \u202e", "tab\tnew\nline\r\n", "nul \x00 bell \x07", "x" * 1_000_000, *INJECTIONS]
SCALARS: list[Any] = [
    True,
    False,
    0,
    -(2**63),
    2**63 - 1,
    0.1,
    -1.5e300,
    float("inf"),
    Decimal("1.000000000000000000000000001"),
    b"",
    bytes(range(256)) * 100,
    uuid.UUID("0192f9f2-7d3a-7f63-8a6e-2b1f0d7a9c11"),
    datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC),
    datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    PreciseDatetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC, nanosecond=234),
    Duration.parse("1h30m5s"),
    RecordID("thing", 7),
    RecordID("thing", "with `ticks` and ⟨brackets⟩"),
    RecordID("thing", ["Person", "O'Neil", 3]),
    RecordID("thing", uuid.UUID("0192f9f2-7d3a-7f63-8a6e-2b1f0d7a9c11")),
    GeometryPoint(1.5, -2.5),
]
CONTAINERS: list[Any] = [
    [],
    {},
    [1, "two", [3.0, [True]], {"four": [None]}],
    {"a": {"b": {"c": [1, {"d": "e"}]}}, "with space": 1, "'; DROP": 2, "": 3},
    [RecordID("scope_attribute", 1), RecordID("scope_attribute", 2)],
    [float(number) / 7 for number in range(1536)],
]


@pytest.mark.parametrize("value", [*SCALARS, *STRINGS, *CONTAINERS], ids=lambda value: repr(value)[:40])
async def test_a_stored_value_is_read_back_as_it_was(database: Database, value: Any) -> None:
    await database.write("CREATE thing:1 SET value = $value", {"value": value})

    row = await database.row("SELECT * FROM thing:1")

    assert row is not None
    assert row["value"] == value
    if isinstance(value, PreciseDatetime):
        assert row["value"].nanosecond == value.nanosecond


async def test_a_moment_of_another_zone_is_the_same_moment_in_utc(database: Database) -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=5)))

    (answer,) = await database.read("RETURN $moment", {"moment": moment})

    assert answer == moment
    assert answer.utcoffset() == timedelta(0)


async def test_an_index_has_moments_in_the_order_of_their_text(database: Database) -> None:
    texts = ["05:06Z", "05:06.100Z", "05:06.123Z", "05:06.123456Z", "05:07Z"]
    moments = {f"2026-01-02T03:{text}": number for number, text in enumerate(texts)}
    await database.write(
        "DEFINE INDEX at_index ON thing FIELDS at; "
        "FOR $moment IN $moments { CREATE thing SET at = <datetime>$moment[0], number = $moment[1] }",
        {"moments": [list(pair) for pair in moments.items()]},
    )

    begin = "d'2026-01-02T03:05:06Z'"
    indexed, exact = await database.read(
        f"SELECT at, number FROM thing WHERE at >= {begin} ORDER BY at; "
        f"SELECT at, number FROM thing WHERE <datetime>at >= {begin} ORDER BY number"
    )

    assert [row["number"] for row in indexed] == [0, 4]
    assert [row["number"] for row in exact] == [0, 1, 2, 3, 4]
    in_order = await database.rows("SELECT at, number FROM thing WHERE at > d'2000-01-01T00:00:00Z' ORDER BY at")
    assert [row["number"] for row in in_order] == [moments[text] for text in sorted(moments)]


async def test_a_set_drops_what_it_holds_twice(database: Database) -> None:
    first, second = RecordID("scope_attribute", 1), RecordID("scope_attribute", 2)
    await database.write("DEFINE FIELD scope ON thing TYPE set<record<scope_attribute>>")
    await database.write("CREATE thing:1 SET scope = $scope", {"scope": SurrealSet([second, first, second])})

    (kind,), (scope,) = await database.read("SELECT VALUE type::of(scope) FROM thing; SELECT VALUE scope FROM thing")

    assert kind == "set"
    assert sorted(scope, key=str) == [first, second]


async def test_a_table_and_a_range_can_be_values(database: Database) -> None:
    await database.write("CREATE thing:1; CREATE thing:2; CREATE thing:3")
    span = Range(BoundIncluded(1), BoundExcluded(3))

    (ids,) = await database.read("SELECT VALUE id FROM $table", {"table": Table("thing")})
    (inside,) = await database.read("RETURN 2 IN $span", {"span": span})

    assert ids == [RecordID("thing", 1), RecordID("thing", 2), RecordID("thing", 3)]
    assert inside is True


async def test_both_kinds_of_nothing_are_read_as_none(database: Database) -> None:
    await database.write(
        "CREATE thing:1 SET null = $null, none = $none, list = $list, inner = $inner",
        {"null": Null, "none": None, "list": [None, Null], "inner": {"null": Null}},
    )

    row = await database.row("SELECT * FROM thing:1")

    assert row == {"id": RecordID("thing", 1), "null": None, "list": [None, None], "inner": {"null": None}}


@pytest.mark.parametrize("text", INJECTIONS)
async def test_surrealql_in_values_stays_text(database: Database, text: str) -> None:
    await database.write("CREATE thing:keep")
    await database.write("CREATE type::record('thing', $key) SET value = $key", {"key": text})

    row = await database.row("SELECT * FROM type::record('thing', $key) WHERE value = $key", {"key": text})
    rows = await database.rows("SELECT id FROM thing")

    assert row == {"id": RecordID("thing", text), "value": text}
    assert len(rows) == 2


@pytest.mark.parametrize(
    "value",
    [2**63, -(2**63) - 1, "\ud800", object()],
    ids=["too large", "too small", "half a surrogate pair", "no such type"],
)
async def test_a_value_the_database_has_no_room_for_is_refused(database: Database, value: Any) -> None:
    with pytest.raises(UnprocessableError, match="cannot be sent"):
        await database.write("CREATE thing:1 SET value = $value", {"value": value})

    assert await database.read("RETURN 'still here'") == ["still here"]


async def test_a_value_nested_beyond_all_reason_is_refused(database: Database) -> None:
    value: list[Any] = []
    for _ in range(5000):
        value = [value]

    with pytest.raises(UnprocessableError, match="nested too deeply"):
        await database.read("RETURN $value", {"value": value})


async def test_a_value_nested_as_deep_as_requests_may_be_is_kept(database: Database) -> None:
    value: dict[str, Any] = {"leaf": True}
    for _ in range(64):
        value = {"inner": [value]} if "leaf" in value else {"inner": value}
    await database.write("CREATE thing:1 SET value = $value", {"value": value})

    row = await database.row("SELECT * FROM thing:1")

    assert row is not None
    assert row["value"] == value
