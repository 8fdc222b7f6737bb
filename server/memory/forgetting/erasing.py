"""Forgetting for good: records, their history, the text they came from, and the traces that quote them."""

from collections.abc import Iterable, Sequence

from surrealdb import RecordID

from server.control.accounting import RECORD
from server.core.visibility import Visibility
from server.index.writes import IndexWrites
from server.memory.forgetting.selection import TABLES, Selection
from server.memory.names import normalised
from server.store.engine import Database, Row
from server.store.scoped import condition

# Links to what goes are taken away first: a restore test checks that every link leads somewhere. Edges go with the
# records that they join.
UNLINK = """
FOR $table IN ['entity', 'attribute', 'relates_to', 'instruction'] {
    UPDATE type::table($table) SET source_turn = NONE WHERE source_turn IN $turn_ids RETURN NONE
};
UPDATE attribute SET supersedes = NONE WHERE supersedes IN $attribute_ids RETURN NONE;
UPDATE attribute SET superseded_by = NONE WHERE superseded_by IN $attribute_ids RETURN NONE"""
QUOTING = """SELECT id, query FROM decision_trace WHERE {within}
    AND (array::any($names, |$name| string::contains(string::lowercase(query), $name))
        OR array::any(links.entities ?? [], |$one| $names CONTAINS
            string::lowercase(array::join(array::slice(string::split($one, '/'), 1), '/'))))"""
ERASE = ";\n".join(
    [
        UNLINK,
        "DELETE $also RETURN NONE",
        *(f"DELETE ${table}_ids RETURN NONE" for table in reversed(TABLES)),
        RECORD,
    ]
)


async def erase(
    database: Database, index: IndexWrites, selection: Selection, audit: Row, *, also: Sequence[RecordID]
) -> None:
    """Delete records for good, and `also` what is no memory: traces that quote them, places in the scope tree."""
    variables = selection.variables() | {"also": list(also), "audit": audit}
    await database.write(ERASE, variables, repeatable=True)
    await index.entities_changed(database, sorted(selection.of("entity"), key=str))
    await index.chunks_removed(database, sorted(selection.of("memory_chunk"), key=str))


async def quoting(database: Database, visibility: Visibility, names: Iterable[str]) -> list[RecordID]:
    """The traces in a caller's sight whose question, or whose answer, names something."""
    sought = sorted({normalised(name) for name in names} - {""})
    within, variables = condition(visibility)
    rows = await database.rows(QUOTING.format(within=within), variables | {"names": sought}) if sought else []
    return [row["id"] for row in rows]
