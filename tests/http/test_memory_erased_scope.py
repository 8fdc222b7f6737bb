"""Erasing a scope for good, over HTTP: with its documents, in every row, object and index."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.http.test_documents import finished, upload
from tests.http.test_memory_forget import BASE, links_lead_somewhere, rows, tell
from tests.support.app import App, running

TREE = {"org": "acme", "team": "blue"}
BELOW = {"org": "acme", "team": "blue", "user": "alice"}
BESIDE = {"org": "acme", "team": "red"}
ABOVE = {"org": "acme"}


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    async with running(tmp_path, works=True) as made:
        await made.context()
        yield made


def notation(scope: dict[str, str]) -> str:
    return "/".join(f"{key}/{value}" for key, value in scope.items())


async def written(app: App, scope: dict[str, str], word: str, *, wait: bool = True) -> str:
    """A document that holds a word of its own, in its name too."""
    text = f"# {word}\n\n" + f"The {word} turns the ebb into electric power. " * 40
    document = await upload(app.http, text.encode(), f"{word.lower()}.md", scope=notation(scope))
    if wait:
        assert (await finished(app, document["id"]))["status"] == "ready"
    return str(document["id"])


async def found(app: App) -> str:
    """The texts that a search finds; the question names none of the words, for traces keep questions."""
    question = {"query": "What turns the ebb into electric power?", "k": 20}
    asked = (await app.http.post(f"{BASE}/documents/query", json=question)).json()["results"]
    recalled = (await app.http.post(f"{BASE}/query", json=question | {"include": ["passages"]})).json()["hits"]
    return "\n".join([*(one["chunk"]["text"] for one in asked), *(one["text"] for one in recalled)])


async def objects(app: App) -> int:
    return len([one async for one in app.server.documents.library.objects.list("acme/")])


async def test_a_scope_is_erased_with_its_documents(app: App) -> None:
    gone = {
        "Zephyrite": await written(app, TREE, "Zephyrite"),
        "Quillwort": await written(app, BELOW, "Quillwort"),
    }
    kept = {"Marrowfat": await written(app, BESIDE, "Marrowfat"), "Tanglewood": await written(app, ABOVE, "Tanglewood")}
    await tell(app, "Zelda lives in Oslo.", scope=BELOW)
    before = await found(app)
    assert all(word in before for word in (*gone, *kept))

    boss = await app.agent(scope_floor=ABOVE)
    answer = await boss.post(f"{BASE}/scopes/forget", json={"path": notation(TREE)})
    assert answer.status_code == 200, answer.text
    counts = answer.json()["counts"]
    assert (counts["document"], counts["turn"]) == (2, 1)
    assert counts["knowledge_chunk"] >= 2
    assert answer.json()["forgotten"] == sum(counts.values())

    left, after = (await rows(app)).lower(), await found(app)
    for word, document in gone.items():
        assert word not in after
        assert word.lower() not in left
        assert (await app.http.get(f"{BASE}/documents/{document}")).status_code == 404
    assert "zelda" not in left
    for word, document in kept.items():
        assert word in after
        assert (await app.http.get(f"{BASE}/documents/{document}/raw")).status_code == 200
    assert await objects(app) == len(kept)
    await links_lead_somewhere(app)


async def test_what_is_erased_is_counted_in_the_audit_and_not_quoted(app: App) -> None:
    await written(app, BELOW, "Zephyrite")
    await app.http.post(f"{BASE}/scopes/forget", json={"path": notation(TREE)})
    audit = await app.http.get(f"{BASE}/audit")
    (event,) = [one for one in audit.json()["events"] if one["action"] == "scope.erase"]
    assert event["detail"]["counts"]["document"] == 1
    assert "zephyrite" not in audit.text.lower()
    (forgotten,) = [one for one in audit.json()["rows"] if one["operation"] == "scope.forget"]
    assert forgotten["rows_touched"] >= 2


async def test_a_document_that_is_still_being_processed_goes_too(app: App) -> None:
    await written(app, BELOW, "Zephyrite", wait=False)
    answer = await app.http.post(f"{BASE}/scopes/forget", json={"path": notation(BELOW)})
    assert answer.json()["counts"]["document"] == 1
    while (await app.http.get("/api/v1/jobs", params={"context": "acme"})).json()["jobs"][0]["state"] in {
        "queued",
        "running",
    }:
        await app.server.clock.sleep(0)
    assert "zephyrite" not in (await rows(app)).lower()
    assert await objects(app) == 0


async def test_erasing_again_erases_nothing(app: App) -> None:
    await written(app, BELOW, "Zephyrite")
    first = await app.http.post(f"{BASE}/scopes/forget", json={"path": notation(BELOW)})
    again = await app.http.post(f"{BASE}/scopes/forget", json={"path": notation(BELOW)})
    assert first.json()["forgotten"] > 0
    assert {table: count for table, count in again.json()["counts"].items() if table != "decision_trace"} == {}
