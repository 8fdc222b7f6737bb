"""What a database defines, as the engine itself writes it down."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from server.store.engine import Reader

# In the order in which the engine's own dump has them.
SHARED = ("params", "functions", "analyzers", "sequences")
PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# Indexes that only some engines have; whichever engine a dump is loaded into knows whether it needs them.
WORD_INDEX = "FULLTEXT"
SET = re.compile(r"(none \| )?set<")


@dataclass(frozen=True)
class Table:
    """One table; `sets` are its columns that hold sets, each with whether it may hold none."""

    name: str
    relation: bool
    definition: str
    fields: tuple[str, ...]
    indexes: Mapping[str, str]
    events: tuple[str, ...]
    sets: Mapping[str, bool]

    @property
    def insert(self) -> str:
        """How the statement begins that adds rows."""
        return f"INSERT {'RELATION ' if self.relation else ''}INTO {quoted(self.name)} "


@dataclass(frozen=True)
class Schema:
    """All definitions of a database."""

    shared: tuple[str, ...]
    tables: tuple[Table, ...]

    @property
    def before(self) -> list[str]:
        """What must be there before the first row."""
        return [*self.shared, *(line for table in self.tables for line in (table.definition, *table.fields))]

    @property
    def after(self) -> list[str]:
        """What is quicker, or right only, once all rows are there."""
        indexes = [definition for table in self.tables for definition in table.indexes.values()]
        return [*indexes, *(event for table in self.tables for event in table.events)]

    @property
    def indexes(self) -> tuple[str, ...]:
        return tuple(f"{table.name}.{index}" for table in self.tables for index in sorted(table.indexes))


async def read_schema(read: Reader) -> Schema:
    """The definitions of the database that `read` asks."""
    (info, structure) = await read("INFO FOR DB; INFO FOR DB STRUCTURE", {})
    relations = {one["name"] for one in structure["tables"] if one["kind"]["kind"] == "RELATION"}
    shared = [definition for section in SHARED for definition in info.get(section, {}).values()]
    tables = [await _table(read, name, info["tables"][name], name in relations) for name in sorted(info["tables"])]
    return Schema(tuple(shared), tuple(tables))


async def _table(read: Reader, name: str, definition: str, relation: bool) -> Table:
    (info, structure) = await read(f"INFO FOR TABLE {quoted(name)}; INFO FOR TABLE {quoted(name)} STRUCTURE", {})
    kinds = {one["name"]: str(one.get("kind", "")) for one in structure["fields"]}
    sets = {
        field: bool(match[1])
        for field, kind in kinds.items()
        if PLAIN_NAME.fullmatch(field) and (match := SET.match(kind))
    }
    return Table(
        name=name,
        relation=relation,
        definition=definition,
        fields=tuple(info["fields"].values()),
        indexes={one: text for one, text in info["indexes"].items() if WORD_INDEX not in text.split()},
        events=tuple(info["events"].values()),
        sets=sets,
    )


def quoted(name: str) -> str:
    """A name as it may stand in a statement."""
    if PLAIN_NAME.fullmatch(name):
        return name
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"
