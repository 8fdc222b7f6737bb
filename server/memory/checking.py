"""Whether the records of the memory refer to records that are there, and turns and chains are in order."""

from collections.abc import Mapping, Sequence
from typing import Any

from server.core.findings import Findings
from server.core.scope import Scope
from server.index.checking import Expected
from server.index.chunk import id_of
from server.store.engine import Database, Row
from server.store.scoped import scope_of
from server.store.walking import walk

MENTIONS = "mentions"

# Which tables a column leads to. A link ends with `?` where a record may stay when what it leads to is gone.
LINKS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "turn": {"session": ("session",)},
    "entity": {"source_turn?": ("turn",)},
    "attribute": {
        "entity": ("entity",),
        "supersedes?": ("attribute",),
        "superseded_by?": ("attribute",),
        "source_turn?": ("turn",),
    },
    "relates_to": {"in": ("entity",), "out": ("entity",), "source_turn?": ("turn",)},
    "instruction": {"source_turn?": ("turn",)},
    "uncertainty": {"source_turn": ("turn",)},
    "memory_chunk": {"session": ("session",), "source_turn?": ("turn",)},
    MENTIONS: {"in": ("memory_chunk", "knowledge_chunk"), "out": ("entity",)},
}
ALSO: Mapping[str, str] = {
    "turn": "seq",
    "attribute": "key, current_key",
    "memory_chunk": "forgotten_at, valid_until",
}
AT_ONCE = 500
# A loose link is one that nothing is lost with.
DANGLING, LOOSE, NUMBERING, CHAIN = "link.dangling", "link.loose", "turn.seq", "attribute.chain"


async def check(database: Database, findings: Findings) -> Expected:
    """Report links that lead nowhere, wrong numbers and torn chains; answers the chunks that are to be found."""
    sessions = {
        str(row["id"]): (row.get("turn_count") or 0, scope_of(row["scope"]))
        async for row in walk(database, "session", "turn_count, scope")
    }
    findings.checked["sessions"] += sum(findings.admits(scope) for _, scope in sessions.values())
    rows = {table: [row async for row in walk(database, table, _columns(table))] for table in LINKS}
    ids = {table: {str(row["id"]) for row in found} for table, found in rows.items()}
    ids |= {"session": set(sessions), "knowledge_chunk": await _chunks_named(database, rows[MENTIONS])}
    for table, found in rows.items():
        for row in found:
            scope = _scope(table, row, sessions)
            findings.look(table, scope)
            _check_links(table, row, ids, scope, findings)
    _check_numbers(rows["turn"], sessions, findings)
    _check_chains(rows["attribute"], findings)
    living = [row for row in rows["memory_chunk"] if not (row.get("forgotten_at") or row.get("valid_until"))]
    return {id_of(row["id"]): scope_of(row["scope"]) for row in living}


async def repair(database: Database) -> None:
    """Take away mentions that lead nowhere, and links that a record does without."""
    for table, links in LINKS.items():
        for link in links:
            if link.endswith("?"):
                name = link.removesuffix("?")
                text = f"UPDATE {table} SET {name} = NONE WHERE {name} != NONE AND !record::exists({name}) RETURN NONE"
                await database.write(text, repeatable=True)
    text = "DELETE mentions WHERE !record::exists(in) OR !record::exists(out) RETURN NONE"
    await database.write(text, repeatable=True)


def _columns(table: str) -> str:
    names = [name.removesuffix("?") for name in LINKS[table]]
    scope = "" if table == MENTIONS else ", scope"
    return ", ".join([*names, *([ALSO[table]] if table in ALSO else [])]) + scope


async def _chunks_named(database: Database, mentions: Sequence[Row]) -> set[str]:
    """Those chunks of documents that mentions lead from and that are there."""
    named = [row["in"] for row in mentions if row["in"].table_name == "knowledge_chunk"]
    found: set[str] = set()
    for begin in range(0, len(named), AT_ONCE):
        page = await database.read("SELECT VALUE id FROM $ids", {"ids": named[begin : begin + AT_ONCE]})
        found.update(map(str, page[-1]))
    return found


def _scope(table: str, row: Row, sessions: Mapping[str, tuple[int, Scope]]) -> Scope | None:
    if row.get("scope") is not None:
        return scope_of(row["scope"])
    return sessions.get(str(row["session"]), (0, None))[1] if table == "turn" else None


def _check_links(table: str, row: Row, ids: Mapping[str, set[str]], scope: Scope | None, findings: Findings) -> None:
    for link, targets in LINKS[table].items():
        name = link.removesuffix("?")
        target: Any = row.get(name)
        if target is not None and not any(str(target) in ids[one] for one in targets):
            spare = link != name or table == MENTIONS
            detail = f"Its {name} is {target}, which is not there."
            findings.report(LOOSE if spare else DANGLING, row["id"], detail, scope)


def _check_numbers(turns: list[Row], sessions: Mapping[str, tuple[int, Scope]], findings: Findings) -> None:
    taken: set[tuple[str, int]] = set()
    for row in turns:
        session = str(row["session"])
        count, scope = sessions.get(session, (None, None))
        if count is not None and not 0 < row["seq"] <= count:
            detail = f"It is number {row['seq']} of a session that has given out numbers up to {count}."
            findings.report(NUMBERING, row["id"], detail, scope)
        elif (session, row["seq"]) in taken:
            findings.report(NUMBERING, row["id"], f"Another turn of its session is number {row['seq']} too.", scope)
        taken.add((session, row["seq"]))


def _check_chains(attributes: list[Row], findings: Findings) -> None:
    by_id = {str(row["id"]): row for row in attributes}
    for row in attributes:
        scope = scope_of(row["scope"])
        later = by_id.get(str(row.get("superseded_by")))
        if later is not None and (later["entity"], later["key"]) != (row["entity"], row["key"]):
            detail = f"It is superseded by {later['id']}, which is about something else."
            findings.report(CHAIN, row["id"], detail, scope)
        elif row.get("superseded_by") is not None and row.get("current_key") is not None:
            findings.report(CHAIN, row["id"], "It is superseded and still counts as current.", scope)
        elif _in_a_circle(row, by_id):
            findings.report(CHAIN, row["id"], "Following what supersedes it leads back to it.", scope)


def _in_a_circle(row: Row, by_id: Mapping[str, Row]) -> bool:
    passed, at = set[str](), row
    while (following := by_id.get(str(at.get("superseded_by")))) is not None:
        if str(at["id"]) in passed:
            return True
        passed.add(str(at["id"]))
        at = following
    return False
