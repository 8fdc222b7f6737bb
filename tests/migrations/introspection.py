"""Reads the schema of a database back from the engine, as a description."""

import re
from typing import Any

from server.store.engine import Database
from tests.migrations.description import Field, Index, Table

HNSW_DEFAULTS = " EFC 150 M 12 M0 24 LM 0.40242960438184466f"
BM25_DEFAULTS = "(1.2,0.75)"


async def schema_of(database: Database) -> dict[str, Table]:
    """Every table of a database, without the fields that follow from others."""
    (info,) = await database.read("INFO FOR DB STRUCTURE")
    return {table["name"]: await _table(database, table) for table in info["tables"]}


async def _table(database: Database, table: dict[str, Any]) -> Table:
    (info,) = await database.read(f"INFO FOR TABLE {table['name']} STRUCTURE")
    assert table["schemafull"]
    assert not table["drop"]
    assert not info["events"]
    assert not any(table["permissions"].values())
    relation = _relation(table["kind"])
    fields = {each["name"].replace("`", ""): _field(each) for each in info["fields"]}
    return Table(
        {name: found for name, found in fields.items() if not _follows(name, found, fields, relation)},
        {each["name"]: _index(each) for each in info["indexes"]},
        relation,
    )


def _relation(kind: dict[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    if kind["kind"] != "RELATION":
        return None
    return tuple(map(str, kind["in"])), tuple(map(str, kind["out"]))


def _field(info: dict[str, Any]) -> Field:
    assert not info.get("default_always")
    return Field(
        type=re.sub(r"^none \| (.+)$", r"option<\1>", info["kind"]),
        default=info.get("default"),
        assertion=info.get("assert"),
        readonly=info["readonly"],
        flexible=info.get("flexible", False),
        computed=info.get("computed"),
    )


def _index(info: dict[str, Any]) -> Index:
    return Index(
        tuple(column.replace("`", "") for column in info["cols"]),
        info["index"].removesuffix(HNSW_DEFAULTS).removesuffix(BM25_DEFAULTS),
    )


def _follows(
    name: str,
    found: Field,
    fields: dict[str, Field],
    relation: tuple[tuple[str, ...], tuple[str, ...]] | None,
) -> bool:
    """The engine adds the elements of arrays and sets, which may be widened, and the ends of edges."""
    if relation and name in {"in", "out"}:
        return found == Field(f"record<{' | '.join(relation[name == 'out'])}>")
    holder = fields.get(name.removesuffix(".*"))
    if not name.endswith(".*") or holder is None:
        return False
    collection = re.sub(r"^option<(.+)>$", r"\1", holder.type)
    element = re.sub(r"^(?:array|set)<(.+?)(?:, \d+)?>$", r"\1", collection)
    return collection != element and found.type in {element, "any"}
