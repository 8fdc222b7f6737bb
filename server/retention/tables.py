"""The tables of the memory as retention sees them: where category and scope stand, and what needs what."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from server.core.retention import Category

FACTS: tuple[Category, ...] = ("identity", "knowledge", "context")


@dataclass(frozen=True, slots=True)
class MemoryTable:
    """A table with its expressions; all of them read columns of a row of it.

    A record stays for as long as another that stays `needs` it: the source of those, by table, selects them for the
    variable `$id`. Links to it from `linked` tables are optional, and taken away with it. Of a `chained` table a record
    may replace another. A search index is told of what goes from a `searched` one.
    """

    name: str
    categories: tuple[Category, ...]
    category: str = "memory_category"
    indexed: bool = True
    scope: str = "scope"
    kept: str = "false"
    ended: tuple[str, ...] = ("valid_until", "forgotten_at")
    chained: bool = False
    searched: bool = False
    needs: Mapping[str, str] = field(default_factory=dict)
    linked: tuple[str, ...] = ()


FROM_A_DOCUMENT = "source.kind = 'document'"
UNSAID = "(memory_category ?? 'context')"
CLOSED = ("valid_until", "forgotten_at", "retracted_at")

# In the order in which a sweep goes through them: what needs others comes before them.
TABLES = (
    MemoryTable("attribute", FACTS, kept=FROM_A_DOCUMENT, ended=CLOSED, chained=True),
    MemoryTable("relates_to", FACTS, kept=FROM_A_DOCUMENT, ended=CLOSED),
    MemoryTable(
        "entity",
        FACTS,
        kept=FROM_A_DOCUMENT,
        searched=True,
        needs={"attribute": "attribute WHERE entity = $id", "relates_to": "$id<->relates_to"},
    ),
    MemoryTable("instruction", ("instructions",), category="'instructions'", indexed=False, ended=CLOSED),
    MemoryTable("uncertainty", ("unknowns",), category="'unknowns'", indexed=False),
    MemoryTable("memory_chunk", FACTS, category=UNSAID, searched=True),
    MemoryTable(
        "turn",
        FACTS,
        category=UNSAID,
        scope="(scope ?? session.scope)",
        needs={"uncertainty": "uncertainty WHERE source_turn = $id"},
        linked=("attribute", "relates_to", "entity", "instruction", "memory_chunk"),
    ),
    MemoryTable(
        "session",
        ("context",),
        category="'context'",
        indexed=False,
        needs={"turn": "turn WHERE session = $id", "memory_chunk": "memory_chunk WHERE session = $id"},
    ),
)
BY_NAME: Mapping[str, MemoryTable] = {table.name: table for table in TABLES}
