"""What was read and written, by whom and at what cost: the traces as an account."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from server.core.visibility import Visibility
from server.store.engine import Database, Row
from server.store.scoped import condition, confined

Kind = Literal["decision", "retrieval", "response"]
RESPONSES = frozenset({"chat", "reflect"})
ACCESSES = """SELECT * OMIT candidates FROM decision_trace WITH NOINDEX WHERE {within}
    AND ($principal = NONE OR principal = $principal OR api_key_id = $principal)
    AND ($key = NONE OR api_key_id = $key)
    AND ($since = NONE OR created_at >= $since) AND ($until = NONE OR created_at <= $until)
    ORDER BY created_at DESC, id LIMIT $limit"""
EVENTS = """SELECT * FROM audit_event WITH NOINDEX WHERE scope != NONE AND {visible}
    AND ($principal = NONE OR principal = $principal OR actor = $principal) AND ($key = NONE OR actor = $key)
    AND ($since = NONE OR created_at >= $since) AND ($until = NONE OR created_at <= $until)
    ORDER BY created_at DESC, id LIMIT $limit"""
MAX_READ = 5000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which accesses to tell of; `principal` is a kind of principal or the id of one."""

    principal: str | None = None
    key: str | None = None
    kind: Kind | None = None
    since: datetime | None = None
    until: datetime | None = None
    limit: int = 100


async def accesses(database: Database, visibility: Visibility, wanted: Wanted) -> tuple[list[Row], list[Row]]:
    """Traces of a kind and the audit events of erasing and forgetting, each newest first."""
    visible, variables = condition(visibility)
    within, more = confined(visibility)
    traces, events = await database.read(
        f"{ACCESSES.format(within=within)}; {EVENTS.format(visible=visible)}", variables | more | _variables(wanted)
    )
    of_kind = [row for row in traces if wanted.kind is None or kind_of(row) == wanted.kind]
    return of_kind[: wanted.limit], events[: wanted.limit] if wanted.kind in {None, "decision"} else []


def kind_of(row: Row) -> Kind:
    """A write decides what is believed, a read retrieves it, a response is generated from it."""
    if str(row.get("kind", "")).partition(".")[0] in RESPONSES:
        return "response"
    return "retrieval" if row.get("tier") else "decision"


def rows_touched(row: Row) -> int:
    written = row.get("written") or {}
    return sum(count for count in written.values() if isinstance(count, int)) or len(row.get("sources") or ())


def _variables(wanted: Wanted) -> dict[str, Any]:
    return {
        "principal": wanted.principal,
        "key": wanted.key,
        "since": wanted.since,
        "until": wanted.until,
        "limit": wanted.limit if wanted.kind is None else MAX_READ,
    }
