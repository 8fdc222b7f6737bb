"""Decision traces read back: listed, found, and followed to what they cite; each only for whom it is no secret."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from surrealdb import RecordID

from server.core.errors import NotFoundError
from server.core.visibility import Visibility
from server.recall.hits import Tier
from server.recall.trace_times import TRACES, during, micros
from server.store.engine import Database, Row
from server.store.scoped import condition, confined

# A list looks back in steps, each further than the one before, so that the newest cost little however many there are.
STEPS = (timedelta(minutes=5), timedelta(hours=1), timedelta(hours=12), timedelta(days=6))
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
END = datetime(9999, 1, 1, tzinfo=UTC)
# Any other index would be used for one side of an OR and lose what only the other side matches.
LISTED = """SELECT *, time::micros(created_at) AS at OMIT candidates FROM {traces}
    WHERE {between} AND {within}
    AND ($before = NONE OR time::micros(created_at) < $at
        OR (time::micros(created_at) = $at AND id < $before))
    AND ($tier = NONE OR tier = $tier) AND ($kind = NONE OR kind = $kind)
    AND ($key = NONE OR api_key_id = $key) AND ($principal = NONE OR principal = $principal OR api_key_id = $principal)
    AND ($of_session = NONE OR session_id = $of_session) AND duration_ms >= $slower_than
    AND ($text = NONE OR string::contains(string::lowercase(query), $text))
    ORDER BY at DESC, id DESC LIMIT $limit"""
LINKED = """SELECT id, session, role, seq, content, (occurred_at ?? created_at) AS said_at FROM $turns
    WHERE forgotten_at = NONE AND {visible};
SELECT id, title, mime_type, status FROM $documents WHERE {visible};
SELECT id, type, name FROM entity WHERE normalised IN $names AND forgotten_at = NONE AND {visible}"""


@dataclass(frozen=True, slots=True)
class Position:
    """Behind which trace a list goes on."""

    at: datetime
    id: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which traces to list: from `since` on, and before `until`. `principal` is a kind of principal or a key's id."""

    tier: Tier | None = None
    kind: str | None = None
    key: str | None = None
    principal: str | None = None
    session_id: str | None = None
    text: str | None = None
    slower_than_ms: float = 0.0
    since: datetime | None = None
    until: datetime | None = None

    @property
    def variables(self) -> dict[str, Any]:
        return {
            "tier": self.tier,
            "kind": self.kind,
            "key": self.key,
            "principal": self.principal,
            "of_session": self.session_id,
            "text": self.text.lower() if self.text else None,
            "slower_than": self.slower_than_ms,
        }


@dataclass(frozen=True, slots=True)
class Linked:
    """What a trace cites, as far as the reader may see it and it is still there."""

    turns: list[Row]
    documents: list[Row]
    entities: list[Row]


async def page(
    database: Database,
    visibility: Visibility,
    wanted: Wanted,
    now: datetime,
    *,
    limit: int,
    after: Position | None = None,
) -> list[Row]:
    """Traces without their candidates, newest first, going on behind one that was seen."""
    within, variables = confined(visibility)
    variables |= wanted.variables
    variables |= {
        "before": RecordID("decision_trace", after.id) if after else None,
        "at": micros(after.at) if after else None,
    }
    since, to = wanted.since or BEGINNING, wanted.until or END
    if after and after.at < to:
        to = after.at + timedelta(microseconds=1)
    found: list[Row] = []
    for begin in _steps(since, min(to, now)):
        if begin < to and len(found) < limit:
            between, bounds = during(begin, to)
            text = LISTED.format(traces=TRACES, between=between, within=within)
            found += await database.rows(text, variables | bounds | {"limit": limit - len(found)})
            to = begin
    return found


def _steps(since: datetime, latest: datetime) -> list[datetime]:
    return [*(latest - step for step in STEPS if latest - since > step), since]


async def get(database: Database, visibility: Visibility, trace_id: str) -> Row:
    """The trace of that id, with everything in it."""
    within, variables = confined(visibility)
    row = await database.row(
        f"SELECT * FROM type::record('decision_trace', $id) WHERE {within}", variables | {"id": trace_id}
    )
    if row is None:
        raise NotFoundError(f"There is no trace {trace_id[:80]!r}, or none that this key may see.")
    return row


async def linked(database: Database, visibility: Visibility, trace: Row) -> Linked:
    """The turns, documents and entities one step away from a trace."""
    links, written = trace.get("links") or {}, trace.get("written") or {}
    turns = dict.fromkeys([*links.get("turns", ()), *_named(written, "turn"), *_named(written, "reply")])
    documents = dict.fromkeys([*links.get("documents", ()), *_named(written, "document")])
    entities = set(links.get("entities", ()))
    visible, variables = condition(visibility)
    found = await database.read(
        LINKED.format(visible=visible),
        variables
        | {
            "turns": [RecordID("turn", one) for one in turns],
            "documents": [RecordID("document", one) for one in documents],
            "names": sorted({one.partition("/")[2].casefold() for one in entities}),
        },
    )
    turn_rows, document_rows, entity_rows = found
    return Linked(
        turns=sorted(turn_rows, key=lambda row: list(turns).index(str(row["id"].id))),
        documents=sorted(document_rows, key=lambda row: list(documents).index(str(row["id"].id))),
        entities=[row for row in entity_rows if f"{row['type']}/{row['name']}" in entities],
    )


def _named(written: dict[str, Any], what: str) -> list[str]:
    one = written.get(what)
    return [one] if isinstance(one, str) else []
