"""The control plane out of one deployment and into a fresh one, over HTTP."""

import base64
from pathlib import Path

import httpx
import pytest

from server.control.control_dumps import STAGING
from tests.http.problem import slug_of
from tests.support.app import App, running

DUMP = {"Content-Type": "application/surrealql"}
EXPORT = "/api/v1/control/export"
IMPORT = "/api/v1/control/import"
SECRET = "sk-of-a-provider"


@pytest.fixture(params=["memory", "embedded"])
def url(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    return kind


async def exported(app: App) -> tuple[bytes, str]:
    """The control plane of a deployment with a Context that has a key and a provider's secret."""
    await app.context("acme", {"token_limit": 1000, "providers": {"openai": SECRET}})
    key = (await app.mint("acme", name="app"))["secret"]
    dump = await app.http.get(EXPORT)
    assert dump.is_success, dump.text
    return dump.content, key


async def test_a_fresh_deployment_takes_over_contexts_keys_and_secrets(tmp_path: Path, url: str) -> None:
    async with running(tmp_path / "old", database_url=url) as old:
        dump, key = await exported(old)
        old_key = old.key
        context = (await old.http.get("/api/v1/contexts/acme")).json()
    assert SECRET.encode() not in dump
    async with running(tmp_path / "new", database_url=url) as new:
        done = await new.http.post(IMPORT, content=dump, headers=DUMP)

        assert done.status_code == httpx.codes.OK, done.text
        assert done.json()["tables"]["context"]["rows"] == 1
        assert (await new.http.get("/api/v1/contexts/acme")).json() == context
        for present in (key, new.key, old_key):
            caller = await new.client(present)
            assert (await caller.get("/api/v1/acme/me")).is_success
        assert await new.server.control.contexts.registry.provider_key("acme", "openai") == SECRET
        assert STAGING.database not in await new.server.engine.databases(STAGING.namespace)
        actions = [
            event["action"] for event in await new.server.control.metadata.rows("SELECT action FROM audit_event")
        ]
        assert {"control.import", "context.create"} <= set(actions)


async def test_the_contexts_that_came_in_can_be_filled_and_used(tmp_path: Path) -> None:
    async with running(tmp_path / "old") as old:
        control, key = await exported(old)
        caller = await old.client(key)
        fact = {"text": "I live in Lisbon.", "scope": {"org": "acme", "user": "alice"}}
        assert (await caller.post("/api/v1/acme/facts", json=fact)).is_success
        dump = (await old.http.get("/api/v1/contexts/acme/export")).content
    async with running(tmp_path / "new") as new:
        assert (await new.http.post(IMPORT, content=control, headers=DUMP)).is_success
        assert (await new.http.post("/api/v1/contexts/acme/import", content=dump, headers=DUMP)).is_success

        question = {"query": "Where does alice live?", "scope": {"org": "acme", "user": "alice"}}
        answer = await (await new.client(key)).post("/api/v1/acme/query", json=question)

    assert "Lisbon" in answer.text


async def test_a_deployment_with_contexts_is_left_alone(app: App) -> None:
    dump, _ = await exported(app)

    assert slug_of(await app.http.post(IMPORT, content=dump, headers=DUMP)) == "conflict"


async def test_another_master_key_makes_the_dump_useless_and_it_says_so(tmp_path: Path) -> None:
    async with running(tmp_path / "old") as old:
        dump, _ = await exported(old)
    other = base64.b64encode(b"another key of thirty-two bytes!").decode()
    async with running(tmp_path / "new", master_key=other) as new:
        answer = await new.http.post(IMPORT, content=dump, headers=DUMP)

        assert slug_of(answer) == "unprocessable"
        assert "master key" in answer.json()["detail"]
        assert (await new.http.get("/api/v1/contexts")).json()["contexts"] == []


async def test_a_damaged_dump_changes_nothing(tmp_path: Path) -> None:
    async with running(tmp_path / "old") as old:
        dump, _ = await exported(old)
    lines = dump.splitlines(keepends=True)
    rows = [number for number, line in enumerate(lines) if line.startswith(b"INSERT ")]
    async with running(tmp_path / "new") as new:
        before = (await new.http.get("/api/v1/control/digest")).json()["tables"]
        for number in rows:
            damaged = b"".join(lines[:number] + lines[number + 1 :])
            assert slug_of(await new.http.post(IMPORT, content=damaged, headers=DUMP)) == "unprocessable"

        assert (await new.http.get("/api/v1/control/digest")).json()["tables"] == before


async def test_a_dump_of_a_context_is_no_control_plane_and_the_other_way_round(app: App, tmp_path: Path) -> None:
    control, _ = await exported(app)
    context = (await app.http.get("/api/v1/contexts/acme/export")).content

    assert (
        slug_of(await app.http.post("/api/v1/contexts/acme/import", content=control, headers=DUMP)) == "unprocessable"
    )
    async with running(tmp_path / "new") as new:
        assert slug_of(await new.http.post(IMPORT, content=context, headers=DUMP)) == "unprocessable"
