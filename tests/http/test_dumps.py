"""Contexts out of one deployment and into another, over HTTP."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.http.problem import slug_of
from tests.support.app import App, running

DUMP = {"Content-Type": "application/surrealql"}
EXPORT = "/api/v1/contexts/acme/export"
IMPORT = "/api/v1/contexts/other/import"


@pytest.fixture(params=["memory", "embedded"])
async def both(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[App]:
    """A server with two Contexts, of which acme remembers something."""
    async with running(tmp_path, database_url=request.param) as app:
        await app.context("acme")
        await app.context("other")
        await remember(app)
        yield app


async def remember(app: App) -> None:
    agent = await app.agent("acme", scope_floor={"org": "acme"})
    fact = {"text": "I live in Lisbon.", "scope": {"org": "acme", "user": "alice"}}
    assert (await agent.post("/api/v1/acme/facts", json=fact)).is_success
    files = {"file": ("notes.md", b"# Harbour\n\nThe harbour opens at nine.")}
    assert (await agent.post("/api/v1/acme/documents", files=files, data={"scope": "org=acme"})).is_success


async def digest(app: App, context_id: str) -> dict[str, Any]:
    answer = await app.http.get(f"/api/v1/contexts/{context_id}/digest")
    assert answer.is_success, answer.text
    tables: dict[str, Any] = answer.json()["tables"]
    return tables


@pytest.mark.parametrize("form", ["blocks", "literals"])
async def test_what_is_exported_can_be_imported_and_used(both: App, form: str) -> None:
    dump = await both.http.get(EXPORT, params={"format": form})
    assert dump.headers["content-type"] == "application/surrealql"
    assert dump.text.startswith("OPTION IMPORT;\n-- spectron-dump: {")
    assert dump.text.splitlines()[-1].startswith("-- spectron: {")

    done = await both.http.post(IMPORT, content=dump.content, headers=DUMP)

    assert done.status_code == httpx.codes.OK, done.text
    tables = await digest(both, "acme")
    assert done.json()["tables"] == tables
    assert done.json()["rows"] == sum(table["rows"] for table in tables.values())
    assert done.json()["dump"]["context_id"] == "acme"
    different = {name for name, table in (await digest(both, "other")).items() if table != tables[name]}
    assert different == {"document"}, "the originals lie in another place"
    agent = await both.agent("other", scope_floor={"org": "acme"})
    question = {"query": "Where does alice live?", "scope": {"org": "acme", "user": "alice"}}
    assert "Lisbon" in (await agent.post("/api/v1/other/query", json=question)).text
    assert len((await agent.get("/api/v1/other/documents")).json()["documents"]) == 1


async def test_documents_expect_their_originals_under_their_new_context(both: App) -> None:
    dump = await both.http.get(EXPORT)
    await both.http.post(IMPORT, content=dump.content, headers=DUMP)
    context = await both.server.control.contexts.registry.get("other")

    ((key,),) = await both.server.engine.read(context.binding, "SELECT VALUE storage_key FROM document")

    assert key.startswith("other/")


async def test_a_context_that_is_not_empty_keeps_what_it_has(both: App) -> None:
    dump = await both.http.get(EXPORT)
    before = await digest(both, "acme")

    answer = await both.http.post("/api/v1/contexts/acme/import", content=dump.content, headers=DUMP)

    assert slug_of(answer) == "conflict"
    assert await digest(both, "acme") == before
    assert (await both.http.get("/api/v1/contexts/acme")).json()["state"] == "active"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "not a dump"),
        (b"\x00\xff\n" * 100, "not a dump"),
        (b"DEFINE TABLE person;\nCREATE person:1;\n", "not a dump"),
        (b"OPTION IMPORT;\nCREATE person:1;\n", "not a dump"),
        (b"OPTION IMPORT;", "cut"),
    ],
)
async def test_what_is_no_dump_is_refused_and_the_context_stays_usable(acme: App, text: bytes, words: str) -> None:
    before = await digest(acme, "acme")

    answer = await acme.http.post("/api/v1/contexts/acme/import", content=text, headers=DUMP)

    assert slug_of(answer) == "unprocessable"
    assert words in answer.json()["detail"]
    assert (await acme.http.get("/api/v1/contexts/acme")).json()["state"] == "active"
    assert {name: table["rows"] for name, table in (await digest(acme, "acme")).items()} == {
        name: table["rows"] for name, table in before.items()
    }


async def test_a_cut_dump_leaves_the_context_empty_and_another_try_succeeds(both: App) -> None:
    dump = (await both.http.get(EXPORT)).content
    for size in (len(dump) // 2, len(dump) - 1, len(dump) - 200):
        answer = await both.http.post(IMPORT, content=dump[:size], headers=DUMP)
        assert slug_of(answer) == "unprocessable"
        filled = {name for name, table in (await digest(both, "other")).items() if table["rows"]}
        assert filled == {"_migrations"}

    assert (await both.http.post(IMPORT, content=dump, headers=DUMP)).is_success


async def test_a_dump_is_not_json(both: App) -> None:
    answer = await both.http.post(IMPORT, json={"dump": "OPTION IMPORT;"})

    assert slug_of(answer) == "unsupported-media-type"


async def test_only_the_management_key_exports_and_imports(acme: App) -> None:
    supervisor = await acme.agent(principal="supervisor")

    assert slug_of(await supervisor.get(EXPORT)) == "forbidden"
    assert slug_of(await supervisor.get("/api/v1/contexts/acme/digest")) == "forbidden"
    answer = await supervisor.post("/api/v1/contexts/acme/import", content=b"OPTION IMPORT;", headers=DUMP)
    assert slug_of(answer) == "forbidden"


async def test_what_is_not_there_is_not_found(app: App) -> None:
    assert slug_of(await app.http.get(EXPORT)) == "context-not-found"
    assert slug_of(await app.http.get("/api/v1/contexts/acme/digest")) == "context-not-found"
    assert slug_of(await app.http.post(IMPORT, content=b"", headers=DUMP)) == "context-not-found"


async def test_an_export_is_audited(acme: App) -> None:
    await acme.http.get(EXPORT)

    events = (await acme.http.get("/api/v1/contexts/acme/audit", params={"kind": "export"})).json()["events"]

    assert [event["action"] for event in events] == ["context.export"]
