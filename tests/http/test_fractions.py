"""Lists whose rows differ in fractions of a second alone: between pages nothing is lost, and all is in its order."""

from typing import Any

import pytest
from surrealdb import RecordID

from server.core.scope import EMPTY
from server.core.visibility import visible
from server.recall import conversation
from server.store.binding import JOBQUEUE, Binding
from server.store.engine import Database
from tests.support.app import App

FRACTIONS = (
    "", ".000000001", ".0000005", ".1", ".123", ".123000001", ".1234", ".123456", ".123456001", ".123456789", ".5",
    ".999999999",
)  # fmt: skip
MOMENTS = [f"2025-12-31T23:59:5{second}{fraction}Z" for second in (0, 1) for fraction in FRACTIONS]
# In another order than the moments.
NAMES = [f"x{number * 7 % len(MOMENTS):02}" for number in range(len(MOMENTS))]
NEWEST_FIRST = NAMES[::-1]
SIZES = (1, 2, 3, 5, 100)


def database(app: App) -> Database:
    return Database(app.server.engine, Binding("acme", "prod"))


async def stored(database: Database, table: str, columns: dict[str, Any], *, column: str = "created_at") -> None:
    """A row for each moment, as somebody else may have written it; `%` in a column stands for its name."""
    for name, moment in zip(NAMES, MOMENTS, strict=True):
        row = {key: value.replace("%", name) if isinstance(value, str) else value for key, value in columns.items()}
        scope = "" if table in {"job", "sweep"} else "scope: <set>[],"
        await database.write(
            f"""CREATE type::record('{table}', $id)
                CONTENT object::extend($row, {{ {scope} {column}: <datetime>$moment }}) RETURN NONE""",
            {"id": row.pop("id", name), "row": row, "moment": moment},
        )


async def read(app: App, path: str, **params: Any) -> dict[str, Any]:
    answer = await app.http.get(f"/api/v1/{path}", params=params)
    assert answer.is_success, answer.text
    document: dict[str, Any] = answer.json()
    return document


async def followed(app: App, path: str, key: str, size: int, **params: Any) -> list[dict[str, Any]]:
    """All of a list, from cursor to cursor."""
    found: list[dict[str, Any]] = []
    page = await read(app, path, limit=size, **params)
    while page["has_more"]:
        assert len(page[key]) == size
        found += page[key]
        page = await read(app, path, limit=size, cursor=page["next_cursor"], **params)
    found += page[key]
    return found


def timed(number: int) -> str:
    """The id of a record of that number, as the server itself names what it lists by time."""
    return f"202512312359{number:08}-abcdefgh"


async def test_documents(acme: App) -> None:
    columns = {"title": "%", "mime_type": "text/plain", "source": "s", "storage_key": "%", "content_hash": "%"}
    await stored(database(acme), "document", columns | {"size_bytes": 1, "status": "ready"})
    for filters in ({}, {"status": "ready"}, {"mime_type": "text/plain"}):
        for size in SIZES:
            pages = range(1, -(-len(NAMES) // size) + 1)
            answers = [await read(acme, "acme/documents", page=page, page_size=size, **filters) for page in pages]
            assert [one["title"] for answer in answers for one in answer["documents"]] == NEWEST_FIRST, (filters, size)


async def test_sessions(acme: App) -> None:
    await stored(database(acme), "session", {})
    for size in SIZES:
        starts = range(0, len(NAMES), size)
        answers = [await read(acme, "acme/sessions", limit=size, offset=start) for start in starts]
        assert [one["id"] for answer in answers for one in answer["sessions"]] == NEWEST_FIRST, size
        assert [answer["has_more"] for answer in answers] == [start + size < len(NAMES) for start in starts]


async def test_turns(acme: App) -> None:
    await database(acme).write("CREATE session:s SET scope = <set>[]")
    for number, (name, moment) in enumerate(zip(NAMES, MOMENTS, strict=True)):
        await database(acme).write(
            """CREATE type::record('turn', $name) SET session = session:s, role = 'user', content = $name, seq = $seq,
                created_at = <datetime>$moment RETURN NONE""",
            {"name": name, "seq": number + 1, "moment": moment},
        )
    for size in SIZES:
        answers = [
            await read(acme, "acme/sessions/s/turns", limit=size, offset=start) for start in range(0, len(NAMES), size)
        ]
        assert [one["id"] for answer in answers for one in answer["turns"]] == NAMES, size


async def test_traces(acme: App) -> None:
    await stored(database(acme), "decision_trace", {"query": "q", "kind": "query", "duration_ms": 1.0})
    # A trace is listed by its microsecond, and within one by its id.
    expected = [name for _, name in sorted(zip((_micros(one) for one in MOMENTS), NAMES, strict=True), reverse=True)]
    for size in SIZES:
        assert [one["id"] for one in await followed(acme, "acme/traces", "traces", size, kind="query")] == expected, (
            size
        )
    bounds = {"since": "2025-12-31T23:59:50.123456Z", "until": "2025-12-31T23:59:51Z"}
    found = [one["id"] for one in await followed(acme, "acme/traces", "traces", 2, kind="query", **bounds)]
    assert sorted(found) == sorted(NAMES[FRACTIONS.index(".123456") : len(FRACTIONS)])
    counted = await read(acme, "acme/traces/stats", **bounds)
    assert counted["total"] == len(found)


async def test_audit(acme: App) -> None:
    control = acme.server.control.metadata
    for number, moment in enumerate(MOMENTS):
        place, values = (control, {"context_id": "acme"}) if number % 2 else (database(acme), {})
        await place.write(
            """CREATE type::record('audit_event', $id) CONTENT object::extend($row,
                { kind: 'odd', action: 'seen', outcome: 'done', created_at: <datetime>$moment }) RETURN NONE""",
            {"id": timed(number), "row": values, "moment": moment},
        )
    expected = [timed(number) for number in range(len(MOMENTS))][::-1]
    for size in SIZES:
        found = await followed(acme, "contexts/acme/audit", "events", size, kind="odd")
        assert [one["id"] for one in found] == expected, size
    bounds = {"since": "2025-12-31T23:59:50.1234Z", "until": "2025-12-31T23:59:51Z"}
    first = FRACTIONS.index(".1234")
    for size in SIZES:
        found = await followed(acme, "contexts/acme/audit", "events", size, kind="odd", **bounds)
        assert [one["id"] for one in found] == [timed(number) for number in range(first, len(FRACTIONS) + 1)][::-1]


@pytest.mark.parametrize("path", ["jobs", "lifecycle/sweeps"])
async def test_jobs_and_sweeps(acme: App, path: str) -> None:
    place = Database(acme.server.engine, JOBQUEUE) if path == "jobs" else acme.server.control.metadata
    job = {"context_id": "acme", "kind": "reindex", "subject": "s", "state": "done"}
    table, key, columns = (
        ("job", "jobs", job)
        if path == "jobs"
        else ("sweep", "sweeps", {"holder": "h", "dry_run": False, "finished_at": acme.clock.now()})
    )
    column = "created_at" if path == "jobs" else "started_at"
    for number, moment in enumerate(MOMENTS):
        await place.write(
            f"""CREATE type::record('{table}', $id)
                CONTENT object::extend($row, {{ {column}: <datetime>$moment }}) RETURN NONE""",
            {"id": timed(number), "row": columns, "moment": moment},
        )
    expected = [timed(number) for number in range(len(MOMENTS))][::-1]
    every: list[dict[str, str]] = [{}, {"context": "acme"}, {"state": "done"}] if path == "jobs" else [{}]
    for filters in every:
        for size in SIZES:
            assert [one["id"] for one in await followed(acme, path, key, size, **filters)] == expected, (filters, size)


async def test_instructions_and_doubts(acme: App) -> None:
    await stored(database(acme), "instruction", {"label": "%", "description": "%"})
    await stored(
        database(acme), "uncertainty", {"about": "%", "reason": "unclear", "source_turn": RecordID("turn", "t")}
    )
    for size in SIZES:
        state = await read(acme, "acme/state", limit=size)
        assert [one["label"] for one in state["instructions"]] == NAMES[:size], size
        assert [one["about"] for one in state["unknowns"]] == NAMES[:size], size
    told = await conversation.instructions(database(acme), visible(EMPTY))
    assert told == [f"- {name}" for name in NEWEST_FIRST]


async def test_what_was_told_since_a_moment(acme: App) -> None:
    await stored(database(acme), "instruction", {"label": "%", "description": "%"})
    since = FRACTIONS.index(".1234")
    for size in SIZES:
        changes = await read(acme, "acme/state/diff", since="2025-12-31T23:59:50.1234Z", limit=size)
        assert [one["label"] for one in changes["instructions_added"]] == NAMES[since + 1 :][:size], size


async def test_facts(acme: App) -> None:
    place = database(acme)
    await place.write(
        """CREATE type::record('entity', ['Thing', 'it']) SET type = 'Thing', name = 'it', scope = <set>[],
            memory_category = 'knowledge', embedding = $vector""",
        {"vector": [0.1] * 1536},
    )
    for number, (name, moment) in enumerate(zip(NAMES, MOMENTS, strict=True)):
        await place.write(
            """CREATE type::record('attribute', ['Thing', 'it', $name, $number]) SET
                entity = type::record('entity', ['Thing', 'it']), key = $name, value = $name, scope = <set>[],
                memory_category = 'knowledge', created_at = <datetime>$moment RETURN NONE""",
            {"name": name, "number": number, "moment": moment},
        )
    for size in SIZES:
        state = await read(acme, "acme/state", limit=size)
        assert sorted(one["key"] for one in state["knowledge"]["attributes"]) == sorted(NEWEST_FIRST[:size]), size


def _micros(moment: str) -> str:
    whole, _, fraction = moment.rstrip("Z").partition(".")
    return f"{whole}.{fraction[:6].ljust(6, '0')}"
