"""Random memories, as the model sees them and as the database holds them."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from surrealdb import RecordID

from server.core.retention import CATEGORIES, SOURCES, Category, Policy, category
from server.core.scope import Attribute
from server.store.engine import Database
from server.store.scoped import ENSURE_ATTRIBUTES
from tests.retention.model import Attributes, Policies, Promise, Record

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
FACTS: tuple[Category, ...] = ("identity", "knowledge", "context")
SCOPES: tuple[Attributes, ...] = (
    frozenset(),
    frozenset({("org", "a")}),
    frozenset({("org", "b")}),
    frozenset({("org", "a"), ("user", "x")}),
    frozenset({("org", "a"), ("agent", "m")}),
    frozenset({("org", "a"), ("user", "x"), ("agent", "m")}),
)
TABLES = (
    "session", "turn", "entity", "attribute", "relates_to", "instruction", "uncertainty", "memory_chunk", "mentions",
)  # fmt: skip
CATEGORISED = frozenset({"turn", "entity", "attribute", "relates_to", "memory_chunk"})
RETRACTED = frozenset({"attribute", "relates_to", "instruction"})
SOURCED = frozenset({"entity", "attribute", "relates_to"})
VECTOR = [0.0] * 1536


class World:
    """Draws records and policies; `now` is in the middle of their lives."""

    def __init__(self, seed: int, *, now: datetime = NOW, size: int = 6, prefix: str = "") -> None:
        self._draw = random.Random(seed)
        self._now = now
        self._prefix = prefix
        self.records: list[Record] = []
        sessions = [self._new("session", "context") for _ in range(size // 2)]
        turns = [self._turn(self._draw.choice(sessions), number) for number in range(size)]
        entities = [self._new("entity", self._category(), type="Thing", embedding=VECTOR) for _ in range(size)]
        for number in range(size):
            self._chunk(self._draw.choice(sessions), self._some(turns))
            self._new("instruction", "instructions", turn=self._some(turns), label="l", description="d")
            cited = self._draw.choice(turns)
            self._new("uncertainty", "unknowns", needs=(cited.name,), turn=cited, about="a", reason="r")
            self._relation(*self._draw.sample(entities, 2))
            self._values(self._draw.choice(entities), f"key-{number}", turns)

    def policies(self) -> Policies:
        promises = [self._promise() for _ in range(self._draw.choice((0, 1, 2, 4, 8)))]
        # A Context has one list of its own, in which no scope and category stands twice.
        distinct = {(each.scope, each.category, each.source == "server"): each for each in promises}
        grace = timedelta(days=self._draw.choice((0, 10, 30)))
        return Policies(list(distinct.values()), self._draw.choice((None, None, 1, 20)), grace)

    def scope(self) -> Attributes:
        return self._draw.choice(SCOPES)

    def _promise(self) -> Promise:
        days = self._draw.choice((None, 1, 5, 20, 60))
        return Promise(
            self.scope(),
            self._draw.choice(CATEGORIES),
            None if days is None else timedelta(days=days),
            self._draw.choice(SOURCES),
        )

    def _category(self) -> Category:
        return self._draw.choice(FACTS)

    def _some(self, records: Sequence[Record]) -> Record | None:
        return self._draw.choice([*records, None])

    def _moment(self) -> datetime:
        """Often on a border, where a comparison that is wrong by nothing shows."""
        days = timedelta(days=self._draw.choice((0, 1, 5, 7, 10, 20, 30, 40, 60, 100)))
        return self._now - days + timedelta(microseconds=self._draw.choice((-1, 0, 1)))

    def _new(
        self,
        table: str,
        category: Category,
        *,
        needs: tuple[str, ...] = (),
        turn: Record | None = None,
        **columns: object,
    ) -> Record:
        record = Record(
            f"{table}:{self._prefix}{len(self.records):04}", table, category, self.scope(), self._moment(), needs=needs
        )
        record.columns = {"memory_category": category} | columns if table in CATEGORISED else columns
        record.links = {"source_turn": turn.name} if turn else {}
        if self._draw.random() < 0.4:
            record.ended = self._moment()
            record.forgotten = self._draw.choice((None, self._moment()))
            if table in RETRACTED:
                record.retracted = self._draw.choice((None, self._moment()))
        record.from_document = table in SOURCED and self._draw.random() < 0.15
        self.records.append(record)
        return record

    def _turn(self, session: Record, number: int) -> Record:
        turn = self._new("turn", self._category(), needs=(session.name,), role="user", content="said", seq=number)
        turn.links["session"] = session.name
        if self._draw.random() < 0.3:
            turn.scope = session.scope
            turn.columns["scope"] = None
        if turn.category == "context" and self._draw.random() < 0.5:
            turn.columns["memory_category"] = None
        return turn

    def _chunk(self, session: Record, turn: Record | None) -> None:
        needs = (session.name,)
        chunk = self._new("memory_chunk", self._category(), needs=needs, turn=turn, text="said", embedding=VECTOR)
        chunk.links["session"] = session.name

    def _relation(self, subject: Record, target: Record) -> None:
        relation = self._new("relates_to", self._category(), needs=(subject.name, target.name), label="knows")
        relation.links |= {"in": subject.name, "out": target.name}

    def _values(self, entity: Record, key: str, turns: Sequence[Record]) -> None:
        before: Record | None = None
        for _ in range(self._draw.choice((1, 1, 2, 3, 5))):
            if before and self._draw.random() < 0.1:
                # What one merged from two has said of either.
                key = f"{key}-also"
            value = self._value(entity, key, self._some(turns))
            value.links["supersedes"] = before.name if before else None
            if before:
                before.superseded_by = value.name
            if self._draw.random() < 0.2:
                self._value(entity, key, None).superseded_by = value.name
            before = value

    def _value(self, entity: Record, key: str, turn: Record | None) -> Record:
        value = self._new("attribute", self._category(), needs=(entity.name,), turn=turn, key=key, value="v")
        value.links["entity"] = entity.name
        return value


def policy(promise: Promise) -> Policy:
    scope = frozenset(Attribute(*attribute) for attribute in promise.scope)
    return Policy(scope, category(promise.category), promise.ttl, promise.source)


async def store(database: Database, records: Sequence[Record]) -> None:
    """Write the records as the memory would have."""
    tables = list(dict.fromkeys(record.table for record in records))
    rows = {f"rows_{table}": [_row(record) for record in records if record.table == table] for table in tables}
    scopes = {attribute for record in records for attribute in record.scope}
    attributes = {"scope_attributes": [RecordID("scope_attribute", list(attribute)) for attribute in sorted(scopes)]}
    await database.write(ENSURE_ATTRIBUTES + "".join(map(_insert, tables)), rows | attributes)


async def names(database: Database) -> set[str]:
    """What is there, by the names that the model uses."""
    tables = [table for table in TABLES if table != "mentions"]
    found = await database.read("; ".join(f"SELECT VALUE id FROM {table}" for table in tables))
    return {name_of(record) for rows in found for record in rows}


def name_of(record: RecordID) -> str:
    return f"{record.table_name}:{record.id[1] if isinstance(record.id, list) else record.id!s}"


def link(name: str) -> RecordID:
    table, _, number = name.partition(":")
    return RecordID(table, ["Thing", number] if table == "entity" else number)


def _insert(table: str) -> str:
    relation = "RELATION" if table == "relates_to" else ""
    return f"""INSERT {relation} INTO {table} (SELECT *, IF scope = NONE {{ NONE }} ELSE {{ <set>scope }} AS scope
        FROM $rows_{table}) RETURN NONE;"""


def _row(record: Record) -> dict[str, Any]:
    row = {
        "id": link(record.name),
        "created_at": record.created,
        "valid_until": record.ended,
        "forgotten_at": record.forgotten,
        "retracted_at": record.retracted,
        "superseded_by": record.superseded_by and link(record.superseded_by),
        "scope": [RecordID("scope_attribute", list(attribute)) for attribute in sorted(record.scope)],
        "source": {"kind": "document"} if record.from_document else None,
        "name": record.name if record.table == "entity" else None,
    }
    links = {name: link(target) for name, target in record.links.items() if target}
    return {name: value for name, value in (row | record.columns | links).items() if value is not None}
