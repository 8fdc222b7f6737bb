"""Recall over HTTP: what was remembered is found, by whoever may see it, and by nobody else."""

from typing import Any

import pytest

from tests.support.app import App

BASE = "/api/v1/acme"
ALICE = {"org": "acme", "user": "alice"}


@pytest.fixture
async def remembering(acme: App) -> App:
    """A Context that has been told a few things by Alice and by Bob."""
    await remember(acme, "I live in Lisbon and I work at Globex.", ALICE)
    await remember(acme, "The red bicycle in the cellar has a broken chain.", ALICE)
    await remember(acme, "I live in Oslo.", {"org": "acme", "user": "bob"})
    return acme


async def remember(app: App, text: str, scope: dict[str, str]) -> dict[str, Any]:
    answer = await app.http.post(f"{BASE}/facts", json={"text": text, "scope": scope, "infer": "full"})
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


async def recall(app: App, query: str, scope: dict[str, str], **body: Any) -> dict[str, Any]:
    answer = await app.http.post(f"{BASE}/query", json={"query": query, "scope": scope, **body})
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


async def test_a_typed_question_is_answered_directly(remembering: App) -> None:
    answer = await recall(remembering, "Where does alice live?", ALICE)
    assert answer["tier"] == "direct"
    assert "Lisbon" in answer["hits"][0]["text"]
    assert answer["trace"]["tier_reason"]


@pytest.mark.parametrize("mode", ["bm25", "hybrid", "hybrid_graph"])
async def test_words_are_found_with_the_turn_they_come_from(remembering: App, mode: str) -> None:
    answer = await recall(remembering, "broken bicycle chain", ALICE, mode=mode)
    first = answer["hits"][0]
    assert "bicycle" in first["text"]
    assert first["turn_id"]
    assert first["session_id"]
    assert answer["trace_id"]


async def test_nothing_is_recalled_out_of_its_scope(remembering: App) -> None:
    for query in ("Oslo", "Where does bob live?", "I live in"):
        answer = await recall(remembering, query, ALICE)
        assert "Oslo" not in str(answer["hits"])
    as_bob = await recall(remembering, "Oslo", {"org": "acme", "user": "bob"})
    assert "Oslo" in str(as_bob["hits"])
    assert "Lisbon" not in str(as_bob["hits"])


async def test_what_is_forgotten_is_recalled_no_more_even_from_the_cache(remembering: App) -> None:
    for _ in range(2):
        assert "bicycle" in str((await recall(remembering, "broken bicycle chain", ALICE))["hits"])
    gone = await remembering.http.post(f"{BASE}/forget", json={"query": "red bicycle", "scope": ALICE})
    assert gone.status_code == 200, gone.text
    assert "bicycle" not in str((await recall(remembering, "broken bicycle chain", ALICE))["hits"])


async def test_the_context_of_a_session_holds_its_turns(remembering: App) -> None:
    told = await remember(remembering, "The ferry leaves at nine.", ALICE)
    session = f"{BASE}/sessions/{told['session_id']}/context"
    answer = await remembering.http.get(session)
    assert answer.status_code == 200, answer.text
    assert "The ferry leaves at nine." in answer.text
    assert (await remembering.http.get(f"{BASE}/sessions/nobody/context")).status_code == 404


async def test_a_prompt_block_stays_within_its_budget(remembering: App) -> None:
    answer = await remembering.http.post(f"{BASE}/context", json={"query": "bicycle", "scope": ALICE})
    assert answer.status_code == 200, answer.text
    assert "bicycle" in answer.text


@pytest.mark.parametrize("body", [{}, {"query": ""}, {"query": "a", "k": 0}, {"query": "a", "mode": "guess"}])
async def test_a_question_that_makes_no_sense_is_refused(acme: App, body: dict[str, Any]) -> None:
    answer = await acme.http.post(f"{BASE}/query", json=body)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


async def test_words_are_found_while_the_vectors_can_not_be_had(remembering: App) -> None:
    changed = await remembering.http.patch(
        "/api/v1/contexts/acme", json={"config": {"models": {"embedding": "openai/text-embedding-3-small"}}}
    )
    assert changed.status_code == 200, changed.text
    body = {"query": "broken bicycle chain", "scope": ALICE}
    assert (await remembering.http.post(f"{BASE}/query", json=body)).status_code >= 400
    for _ in range(2):
        answer = await recall(remembering, "broken bicycle chain", ALICE, mode="bm25")
        assert "bicycle" in answer["hits"][0]["text"]
    other = await recall(remembering, "Where is Globex?", ALICE, mode="bm25")
    assert "Globex" in other["hits"][0]["text"]
