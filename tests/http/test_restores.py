"""Contexts made of what was saved of them, over HTTP."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.http.problem import slug_of
from tests.support.app import App, running

URL = "/api/v1/contexts/again/restore"
PLACE = {"namespace": "again", "database": "prod"}
NOTE = b"# Harbour\n\nThe harbour opens at nine."


@pytest.fixture
async def full(tmp_path: Path) -> AsyncIterator[App]:
    """A server with a Context that has something of everything."""
    async with running(tmp_path, database_url="embedded") as app:
        await app.context("acme", {"token_limit": 77, "providers": {"openai": "sk-of-the-provider"}})
        await fill(app)
        yield app


async def fill(app: App) -> str:
    """A fact, a document and two keys; the text of the first key."""
    key = await app.mint("acme", name="app", scope_floor={"org": "acme"})
    agent = await app.client(key["secret"])
    fact = {"text": "I live in Lisbon.", "scope": {"org": "acme", "user": "alice"}}
    assert (await agent.post("/api/v1/acme/facts", json=fact)).is_success
    files = {"file": ("notes.md", NOTE)}
    assert (await agent.post("/api/v1/acme/documents", files=files, data={"scope": "org=acme"})).is_success
    revoked = await app.mint("acme", name="old")
    assert (await app.http.delete(f"/api/v1/contexts/acme/keys/{revoked['id']}")).is_success
    return str(key["secret"])


async def saved(app: App, *, control: bool = True, original: bytes = NOTE) -> list[tuple[str, tuple[str, bytes]]]:
    dump = await app.http.get("/api/v1/contexts/acme/export")
    parts = [("dump", ("acme.surql", dump.content))]
    if control:
        parts.append(("control", ("control.surql", (await app.http.get("/api/v1/control/export")).content)))
    return [*parts, ("original", (await document(app), original))]


async def document(app: App, context_id: str = "acme") -> str:
    agent = await app.agent(context_id, scope_floor={"org": "acme"})
    [found] = (await agent.get(f"/api/v1/{context_id}/documents")).json()["documents"]
    return str(found["id"])


async def nothing_is_left(app: App) -> None:
    assert slug_of(await app.http.get("/api/v1/contexts/again")) == "context-not-found"
    assert "again" not in {one async for one in names(app)}
    assert [found async for found in app.server.documents.library.objects.list("again/")] == []


async def names(app: App) -> AsyncIterator[str]:
    if "prod" in await app.server.engine.databases("again"):
        yield "again"


async def digest(app: App, context_id: str) -> dict[str, Any]:
    tables: dict[str, Any] = (await app.http.get(f"/api/v1/contexts/{context_id}/digest")).json()["tables"]
    return tables


async def test_all_of_a_context_comes_back_under_another_name(full: App) -> None:
    parts = await saved(full)
    before = await digest(full, "acme")

    done = await full.http.post(URL, params={**PLACE, "source": "set-1"}, files=parts)

    assert done.status_code == httpx.codes.CREATED, done.text
    told = done.json()
    assert told["providers"] == ["openai"]
    assert told["providers_unreadable"] == []
    assert (told["documents"], told["originals_stored"], told["originals_missing"]) == (1, 1, [])
    after = await digest(full, "again")
    assert {name for name in before if before[name] != after[name]} <= {"document", "decision_trace"}
    assert (await full.http.get("/api/v1/contexts/again")).json()["config"]["token_limit"] == 77
    registry = full.server.control.contexts.registry
    assert await registry.provider_key("again", "openai") == "sk-of-the-provider"
    minted = {key["name"]: key for key in told["keys_minted"]}
    assert minted["app"]["scope_floor"] == {"org": "acme"}
    assert "old" not in minted
    assert told["keys_kept"] == []
    agent = await full.client(minted["app"]["secret"])
    question = {"query": "Where does alice live?", "scope": {"org": "acme", "user": "alice"}}
    assert "Lisbon" in (await agent.post("/api/v1/again/query", json=question)).text
    raw = await agent.get(f"/api/v1/again/documents/{await document(full, 'again')}/raw")
    assert raw.content == NOTE
    events = (await full.http.get("/api/v1/contexts/again/audit")).json()["events"]
    [event] = [one for one in events if one["action"] == "context.restore"]
    assert event["detail"]["source"] == "set-1"
    assert event["detail"]["former"] == "acme"


async def test_under_its_own_name_its_keys_stay_valid(tmp_path: Path) -> None:
    async with running(tmp_path) as app:
        await app.context("acme")
        secret = await fill(app)
        parts = await saved(app)
        assert (await app.http.delete("/api/v1/contexts/acme")).is_success

        done = await app.http.post("/api/v1/contexts/acme/restore", params=PLACE, files=parts)

        assert done.is_success, done.text
        assert "app" in {key["name"] for key in done.json()["keys_kept"]}
        assert done.json()["keys_minted"] == []
        agent = await app.client(secret)
        assert (await agent.get("/api/v1/acme/documents")).is_success


async def test_under_another_master_key_keys_are_minted_and_provider_keys_told(full: App, tmp_path: Path) -> None:
    parts = await saved(full)
    other = "b3RoZXIgbWFzdGVyIGtleSBvZiB0aGlydHkgdHdvIGI="
    async with running(tmp_path / "elsewhere", master_key=other) as app:
        done = await app.http.post("/api/v1/contexts/acme/restore", params=PLACE, files=parts)

        assert done.is_success, done.text
        assert done.json()["providers_unreadable"] == ["openai"]
        assert done.json()["keys_kept"] == []
        assert "app" in {key["name"] for key in done.json()["keys_minted"]}


async def test_without_settings_it_is_a_context_as_new(full: App) -> None:
    done = await full.http.post(URL, params=PLACE, files=(await saved(full, control=False))[:1])

    assert done.is_success, done.text
    assert (done.json()["configured"], done.json()["keys_minted"]) == (False, [])
    assert done.json()["originals_missing"] == [await document(full)]


@pytest.mark.parametrize(
    "wrong", ["dump cut", "control cut", "control of another kind", "original", "order", "unknown"]
)
async def test_what_is_wrong_leaves_nothing_behind(full: App, wrong: str) -> None:
    dump, control, original = await saved(full)
    cut = ("dump", ("acme.surql", dump[1][1][:-100]))
    parts = {
        "dump cut": [cut, control, original],
        "control cut": [dump, ("control", ("control.surql", control[1][1][:-100])), original],
        "control of another kind": [dump, ("control", dump[1]), original],
        "original": [dump, control, original, ("original", (original[1][0], b"something else"))],
        "order": [control, dump],
        "unknown": [dump, ("surprise", ("x", b"y"))],
    }[wrong]
    if wrong == "original":
        parts = [dump, control, ("original", (original[1][0], b"something else"))]

    answer = await full.http.post(URL, params=PLACE, files=parts)

    assert slug_of(answer) == "unprocessable", answer.text
    await nothing_is_left(full)


async def test_a_form_that_breaks_off_leaves_nothing_behind(full: App) -> None:
    request = full.http.build_request("POST", URL, params=PLACE, files=await saved(full))
    body = b"".join([piece async for piece in request.stream])  # type: ignore[union-attr]
    for size in (0, 10, len(body) // 3, len(body) - 60, len(body) - 5):
        answer = await full.http.post(
            URL, params=PLACE, content=body[:size], headers={"Content-Type": request.headers["content-type"]}
        )
        assert slug_of(answer) == "unprocessable", size
        await nothing_is_left(full)


async def test_nothing_is_restored_over_what_is_there(full: App) -> None:
    parts = await saved(full)
    taken = await full.http.post("/api/v1/contexts/acme/restore", params=PLACE, files=parts)
    assert slug_of(taken) == "conflict"
    bound = await full.http.post(URL, params={"namespace": "acme", "database": "prod"}, files=parts)
    assert slug_of(bound) == "conflict"
    await full.server.engine.execute(None, "DEFINE NAMESPACE again; USE NS again; DEFINE DATABASE prod")
    alien = await full.http.post(URL, params=PLACE, files=parts)
    assert slug_of(alien) == "conflict"
    assert "nothing is restored over it" in alien.json()["detail"]
    assert "prod" in await full.server.engine.databases("again")


async def test_originals_that_survived_are_left_where_they_are(tmp_path: Path) -> None:
    async with running(tmp_path, database_url="embedded") as app:
        await app.context("acme")
        await fill(app)
        dump, control, original = await saved(app)
        [kept] = [found async for found in app.server.documents.library.objects.list("acme/")]
    (tmp_path / "store").rename(tmp_path / "lost")
    async with running(tmp_path, database_url="embedded") as app:
        broken = [dump, ("control", dump[1])]
        assert slug_of(await app.http.post("/api/v1/contexts/acme/restore", params=PLACE, files=broken))
        assert [found async for found in app.server.documents.library.objects.list("acme/")] == [kept]

        done = await app.http.post("/api/v1/contexts/acme/restore", params=PLACE, files=[dump, control, original])

        assert (done.json()["originals_stored"], done.json()["originals_missing"]) == (0, [])


async def test_only_a_form_is_taken(full: App) -> None:
    answer = await full.http.post(URL, params=PLACE, json={})
    assert slug_of(answer) == "unsupported-media-type"
