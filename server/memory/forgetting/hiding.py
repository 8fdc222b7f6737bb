"""Forgetting that can be taken back: records end, and no question about any time finds them."""

from server.control.accounting import RECORD
from server.index.writes import IndexWrites
from server.memory.forgetting.selection import TABLES, Selection
from server.store.engine import Database, Row

KEYED = frozenset({"attribute", "relates_to", "instruction"})


def _hide(table: str) -> str:
    keyless = ", current_key = NONE" if table in KEYED else ""
    return (
        f"UPDATE ${table}_ids SET forgotten_at = $now, valid_until = valid_until ?? $now{keyless} "
        "WHERE forgotten_at = NONE RETURN NONE"
    )


HIDE = ";\n".join(_hide(table) for table in TABLES) + f";\n{RECORD}"


async def hide(database: Database, index: IndexWrites, selection: Selection, audit: Row) -> None:
    """Hide records under the moment of the audit event, by which they are found together again."""
    await database.write(HIDE, selection.variables() | {"now": audit["created_at"], "audit": audit}, repeatable=True)
    await index.entities_changed(database, sorted(selection.of("entity"), key=str))
    await index.chunks_removed(database, sorted(selection.of("memory_chunk"), key=str))
