"""Every write of memory leaves a decision trace that says what was written and never quotes it."""

from typing import Any

import pytest

from server.store.binding import Binding
from tests.support.app import App

BASE = "/api/v1/acme"
ADMIN = "/api/v1/contexts/acme"
ALICE = {"org": "acme", "user": "alice"}
SAID = {"text": "My sister Zelda lives in Oslo.", "scope": ALICE}
TRIPLE = {"subject": "Zelda", "predicate": "age", "object": "9"}
PLACE = {"path": "org/acme/user/alice"}


async def traces(app: App) -> list[dict[str, Any]]:
    await app.server.traces.flush()
    (rows,) = await app.server.engine.read(Binding("acme", "prod"), "SELECT * FROM decision_trace ORDER BY created_at")
    return list(rows)


async def prepared(app: App) -> str:
    """A session to write to, with something to forget in it."""
    session = (await app.http.post(f"{BASE}/sessions", json={"scope": ALICE})).json()["id"]
    told = await app.http.post(f"{BASE}/facts", json=SAID | {"session_id": session})
    assert told.is_success, told.text
    return str(session)


@pytest.mark.parametrize(
    ("kind", "method", "path", "body"),
    [
        ("session.create", "POST", f"{BASE}/sessions", {"scope": ALICE}),
        ("turn.add", "POST", f"{BASE}/sessions/SESSION/turns", {"role": "user", "content": "I like chess."}),
        ("remember", "POST", f"{BASE}/facts", SAID),
        ("remember", "POST", f"{BASE}/facts", SAID | {"infer": "none"}),
        ("remember", "POST", f"{BASE}/facts", {"infer": "triples", "triples": [TRIPLE], "scope": ALICE}),
        ("remember.batch", "POST", f"{BASE}/facts/batch", {"messages": [{"role": "user", "content": "I like tea."}]}),
        ("forget", "POST", f"{BASE}/forget", {"query": "Zelda", "scope": ALICE}),
        ("forget.purge", "POST", f"{BASE}/forget", {"query": "Zelda", "scope": ALICE, "purge": True}),
        ("forget", "DELETE", f"{BASE}/sessions/SESSION", None),
        ("forget.purge", "DELETE", f"{BASE}/sessions/SESSION?hard=true", None),
        ("forget", "DELETE", f"{BASE}/entities/Person/Zelda", None),
        ("forget", "DELETE", f"{ADMIN}/entities/Person/Zelda", None),
        ("forget.purge", "DELETE", f"{ADMIN}/entities/Person/Zelda?hard=true", None),
        ("scope.register", "POST", f"{BASE}/scopes", PLACE),
        ("scope.remove", "DELETE", f"{BASE}/scopes?path=org/acme", None),
        ("scope.forget", "POST", f"{BASE}/scopes/forget", PLACE),
        ("expire", "POST", f"{BASE}/lifecycle/expire", None),
        ("decay", "POST", f"{BASE}/lifecycle/decay", None),
        ("consolidate", "POST", f"{BASE}/consolidate", {}),
        ("elaborate", "POST", f"{BASE}/elaborate", {"entity_ref": "entity:Person/Zelda"}),
    ],
)
async def test_a_write_leaves_one_trace(
    acme: App, kind: str, method: str, path: str, body: dict[str, Any] | None
) -> None:
    session = await prepared(acme)
    await acme.http.post(f"{BASE}/scopes", json={"path": "org/acme"})
    acme.clock.advance(1)
    before = {row["id"] for row in await traces(acme)}
    answer = await acme.http.request(method, path.replace("SESSION", session), json=body)
    assert answer.is_success, answer.text
    (trace,) = [row for row in await traces(acme) if row["id"] not in before]
    assert (trace["kind"], trace["principal"]) == (kind, "management")
    assert trace["api_key_id"]
    assert trace["request_id"] == answer.headers["x-request-id"]
    assert "Oslo" not in repr(trace)
    if answer.content and "trace_id" in answer.json():
        assert answer.json()["trace_id"] == trace["id"].id


async def test_bringing_back_leaves_a_trace(acme: App) -> None:
    await prepared(acme)
    await acme.http.delete(f"{BASE}/entities/Person/Zelda")
    acme.clock.advance(1)
    answer = await acme.http.post(f"{ADMIN}/entities/Person/Zelda/reinstate")
    trace = (await traces(acme))[-1]
    assert (trace["kind"], trace["id"].id) == ("reinstate", answer.json()["trace_id"])
    assert trace["written"] == answer.json()["counts"]


async def test_what_only_looks_leaves_no_trace_of_a_write(acme: App) -> None:
    await prepared(acme)
    before = await traces(acme)
    await acme.http.post(f"{BASE}/facts", json=SAID | {"infer": "preview"})
    await acme.http.post(f"{BASE}/forget", json={"query": "Zelda", "scope": ALICE, "dry_run": True})
    assert await traces(acme) == before


async def test_what_is_derived_later_leaves_a_trace_of_its_own(acme: App) -> None:
    await prepared(acme)
    engine, binding = acme.server.engine, Binding("acme", "prod")
    for table in ("memory_chunk", "attribute", "relates_to", "entity"):
        await engine.write(binding, f"DELETE {table}")
    await engine.write(binding, "UPDATE turn SET extracted_at = NONE")
    acme.clock.advance(10)
    assert await acme.server.memory.backlog.sweep() == 1
    trace = (await traces(acme))[-1]
    assert (trace["kind"], trace["written"]["chunks"]) == ("turn.derive", 1)
    assert trace["session_id"]
