"""Databases full of made-up rows, with a value of every kind in every column that could hold it."""

import random
import re
import uuid
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from surrealdb import Duration, RecordID
from surrealdb.data.types.datetime import PreciseDatetime
from surrealdb.data.types.geometry import GeometryLine, GeometryPoint, GeometryPolygon
from surrealdb.data.types.null import Null
from surrealdb.data.types.set import SurrealSet

from server.core.clock import SystemClock
from server.core.ids import Ids
from server.store.binding import Binding
from server.store.dumps.exporting import Exporter, Source
from server.store.dumps.loading import Loaded, Loader
from server.store.dumps.marks import PASSING, Form, Kind, Trailer
from server.store.dumps.schema import Table, read_schema
from server.store.engine import Engine
from server.store.migrations import Migrator, load

TEXTS = [
    "",
    " ",
    "plain",
    'it\'s "quoted" `ticked` \\ back\\\\slashed',
    "two\nlines\r\n\ttab \x00 nul \x07 bell \x7f",
    "😀 grüße \u202e \u2028 \ufeff 日本",
    "'; REMOVE DATABASE prod; --",
    "-- spectron: {}",
    "OPTION IMPORT;",
    "{a, b}",
    "<set>[x:1]",
    "d'2026-01-01T00:00:00Z'",
    "turn:1",
    "}{][)(",
    'encoding::cbor::decode(encoding::base64::decode("',
]
NAMES = ["", "a", "key", "with space", "id", "it's", "ünï", "1st", "type", "coordinates", "`", '"', "-", "NONE"]


class Maker:
    """Makes values; the same ones for the same seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def rows(self, table: str, kinds: dict[str, str], count: int) -> list[dict[str, Any]]:
        """Rows of a table by the kinds of its columns."""
        rows = []
        for number in range(count):
            row = {field: value for field, kind in kinds.items() if (value := self.of_kind(kind)) is not None}
            row["id"] = self.own(table, number, kinds.get("id", "any"))
            rows.append(row)
        return rows

    def own(self, table: str, number: int, kind: str) -> RecordID:
        """The id of a row; that of a declared kind is the only column which even an import checks."""
        text = f"{self.random.choice(TEXTS)}{number}"
        declared: dict[str, Any] = {"string": text, "int": number, "array<string, 2>": [text, "it's"]}
        return RecordID(table, declared[kind]) if kind in declared else self.record(table, number)

    def record(self, table: str, number: int) -> RecordID:
        """A record of its own; its key is of any kind."""
        text = f"{self.random.choice(TEXTS)}{number}"
        key: Any = self.random.choice(
            [number, -number, text, [text, number], [number, [text, True]], {"k": text, "n": number}, self.uuid()]
        )
        return RecordID(table, key)

    def uuid(self) -> uuid.UUID:
        return uuid.UUID(int=self.random.getrandbits(128), version=4)

    def moment(self) -> PreciseDatetime:
        at = datetime(1900, 1, 1, tzinfo=UTC) + timedelta(microseconds=self.random.randrange(10**16))
        parts = (at.year, at.month, at.day, at.hour, at.minute, at.second, at.microsecond)
        return PreciseDatetime(*parts, tzinfo=UTC, nanosecond=self.random.randrange(1000))

    def scope(self) -> SurrealSet:
        chosen = self.random.sample(range(5), self.random.randrange(4))
        return SurrealSet([RecordID("scope_attribute", [f"key {number}", "it's"]) for number in chosen])

    def of_kind(self, kind: str) -> Any:
        """A value for a column, None where it has none."""
        if kind.startswith("none | "):
            return None if self.random.random() < 0.3 else self.of_kind(kind.removeprefix("none | "))
        base, _, inner = kind.partition("<")
        makers: dict[str, Callable[[], Any]] = {
            "string": lambda: self.random.choice(TEXTS),
            "int": lambda: self.random.choice([0, -1, 23, 24, 255, 256, 2**31, -(2**63), 2**63 - 1]),
            "float": self.number,
            "bool": lambda: self.random.random() < 0.5,
            "datetime": self.moment,
            "bytes": lambda: self.random.randbytes(self.random.randrange(300)),
            "set": self.scope,
            "record": lambda: self.record(re.split(r"[ |>]", inner)[0], self.random.randrange(5)),
            "array": lambda: [self.of_kind(inner[:-1].partition(",")[0]) for _ in range(self.random.randrange(4))],
            "object": self.object,
        }
        return makers.get(base.strip(), self.value)()

    def number(self) -> float | Decimal:
        texts = ["0.1", "1.000000000000000000000000001", "-99999999999999.5", "3"]
        floats: list[float | Decimal] = [
            0.1,
            -0.0,
            1.0,
            1e300,
            -1.5e-300,
            float("inf"),
            float("-inf"),
            float("nan"),
            2.0**53,
            16777217.0,
        ]
        return self.random.choice([*map(Decimal, texts), *floats])

    def object(self, depth: int = 0) -> dict[str, Any]:
        names = self.random.sample(NAMES, self.random.randrange(5))
        return {name: self.value(depth + 1) for name in names}

    def value(self, depth: int = 0) -> Any:
        """Anything the database can hold."""
        point = GeometryPoint(1.5, -2.25)
        line = GeometryLine(point, GeometryPoint(0.0, 0.1))
        ring = GeometryLine(point, GeometryPoint(0.0, 1.0), GeometryPoint(2.0, 2.0), point)
        simple = [
            lambda: self.random.choice(TEXTS),
            lambda: self.of_kind("int"),
            self.number,
            self.moment,
            self.uuid,
            self.scope,
            lambda: self.record("turn", self.random.randrange(9)),
            lambda: self.random.choice([True, False, Null]),
            lambda: self.random.choice([point, line, GeometryPolygon(ring)]),
            lambda: Duration(self.random.choice([0, 1, 1_000, 10**9 * 3600 * 24 * 400 + 7])),
            lambda: self.random.randbytes(9),
        ]
        nested = [
            lambda: [self.value(depth + 1) for _ in range(self.random.randrange(4))],
            lambda: self.object(depth),
            lambda: SurrealSet([self.random.choice(TEXTS), 1, 2.5]),
        ]
        return self.random.choice(simple if depth > 2 else simple + nested)()


async def migrated(engine: Engine, binding: Binding, kind: Kind = "context", versions: int | None = None) -> None:
    """A database with the schema, or an older one."""
    await engine.create_database(binding)
    await Migrator(engine, SystemClock()).apply(binding, load(kind)[:versions])


async def filled(engine: Engine, binding: Binding, seed: int, rows: int = 12) -> None:
    """Put made-up rows into every table, as an import would: without checks and defaults."""
    maker = Maker(seed)

    async def read(text: str, variables: Any) -> list[Any]:
        return await engine.read(binding, text, variables)

    for table in (await read_schema(read)).tables:
        if table.name == "_migrations":
            continue
        (info,) = await read(f"INFO FOR TABLE {table.name} STRUCTURE", {})
        kinds = {
            field["name"]: field.get("kind", "any") for field in info["fields"] if re.fullmatch(r"\w+", field["name"])
        }
        # Columns that a unique index covers would meet by chance.
        unique, vectors = _indexed(table, "UNIQUE"), _indexed(table, "HNSW")
        made = maker.rows(table.name, kinds, rows)
        for number, row in enumerate(made):
            row |= {name: f"{number} {maker.random.choice(TEXTS)}" for name in unique & row.keys() - {"in", "out"}}
            if table.relation:
                row["in"] = RecordID(row["in"].table_name, number)
            row |= {name: [maker.random.random() for _ in range(1536)] for name in vectors}
        await engine.execute(binding, f"OPTION IMPORT; {table.insert} $rows RETURN NONE", {"rows": made})


def _indexed(table: Table, kind: str) -> set[str]:
    """The columns that indexes of some kind cover."""
    found = [re.search(rf" FIELDS (.+?) {kind}", definition) for definition in table.indexes.values()]
    return {column for match in found if match for column in match[1].split(", ")}


def exporter(engine: Engine) -> Exporter:
    return Exporter(engine, SystemClock(), Ids(), version="0.0.0")


async def dumped(engine: Engine, binding: Binding, form: Form = "blocks", kind: Kind = "context") -> bytes:
    """The text of a dump."""
    return b"".join([piece async for piece in exporter(engine).dump(Source(binding, kind, "acme"), form)])


async def totals(engine: Engine, binding: Binding, kind: Kind = "context") -> Trailer:
    return (await exporter(engine).totals(Source(binding, kind, "acme")))[1]


async def loaded(engine: Engine, binding: Binding, dump: bytes, kind: Kind = "context", piece: int = 65_536) -> Loaded:
    """Load a dump that comes in pieces of some size."""
    return await Loader(engine, Migrator(engine, SystemClock())).load(binding, kind, load(kind), pieces(dump, piece))


async def pieces(dump: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(dump), size):
        yield dump[start : start + size]


def carried(kind: Kind, tables: set[str]) -> set[str]:
    return tables - PASSING[kind]
