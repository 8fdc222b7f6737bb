"""Candidates as hits: how questions narrow them, how rankings join, and what is left out when it is gone."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from server.core.errors import ValidationError
from server.core.scope import EMPTY
from server.core.visibility import visible
from server.index.chunk import KNOWLEDGE, MEMORY
from server.index.search import EVERYTHING, Filter
from server.recall.asking import Asking, Times
from server.recall.hits import Hit
from server.recall.passages import Passages, Ranked, Ranking, chunk_key, narrowed
from server.store.binding import Binding
from server.store.engine import Database
from tests.recall.memory import BASE, Memory

ASKING = Asking("boats", visible(EMPTY))
EARLY, LATE = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)


def test_nothing_narrows_a_plain_question() -> None:
    assert narrowed(ASKING, MEMORY) == EVERYTHING
    assert narrowed(ASKING, KNOWLEDGE) == EVERYTHING


def test_a_session_narrows_turns_and_documents_narrow_their_chunks() -> None:
    asking = replace(ASKING, session_id="s", documents=frozenset({"d"}), labels=frozenset({"a=1"}))
    assert narrowed(asking, MEMORY) == Filter(labels=frozenset({"a=1"}), of=frozenset({"s"}))
    assert narrowed(asking, KNOWLEDGE) == Filter(labels=frozenset({"a=1"}), of=frozenset({"d"}))


def test_times_bound_what_was_said_and_what_was_known() -> None:
    times = Times(as_of=LATE, known_at=EARLY, said_from=EARLY, said_until=LATE)
    expected = Filter(said_from=EARLY, said_until=LATE, said_by=LATE, known_by=EARLY)
    assert narrowed(replace(ASKING, times=times), MEMORY) == expected
    with pytest.raises(ValidationError, match="valid_from must be before valid_until"):
        narrowed(replace(ASKING, times=Times(said_from=LATE, said_until=LATE)), MEMORY)


def test_rankings_join_by_score_and_keep_what_was_considered() -> None:
    turns = Ranking([Ranked(MEMORY, "a", 0.9, {}), Ranked(MEMORY, "b", 0.2, {})], 7, relevant=False)
    pages = Ranking([Ranked(KNOWLEDGE, ("d", 1, 0), 0.5, {})], 3, relevant=True)
    both = turns + pages
    assert [one.text_id for one in both.best] == ["memory_chunk:a", "knowledge_chunk:d/1/0", "memory_chunk:b"]
    assert (both.considered, both.relevant) == (10, True)
    assert not (turns + Ranking()).relevant


@pytest.mark.parametrize(
    ("kind", "chunk_id", "key"),
    [
        ("turn", "a-b-c", "a-b-c"),
        ("document", "d-1-0", ("d", 1, 0)),
        ("document", "with-hyphens-2-11", ("with-hyphens", 2, 11)),
    ],
)
def test_a_hit_leads_back_to_its_chunk(kind: str, chunk_id: str, key: object) -> None:
    hit = Hit("x", "turn" if kind == "turn" else "document", 1.0, "", EMPTY, EARLY, chunk_id=chunk_id)
    assert chunk_key(hit) == key


async def test_what_is_gone_by_now_is_left_out_and_told(memory: Memory) -> None:
    kept = await memory.tell("The boat is red.")
    gone = await memory.tell("The boat is blue.")
    passages = Passages(memory.app.server.index)
    database = Database(memory.app.server.engine, Binding("acme", "prod"))
    ranked = [Ranked(MEMORY, one["chunk_id"], 0.5, {}) for one in (gone, kept)]
    hits = await passages.show(database, ranked)
    assert [hit.text for hit in hits] == ["The boat is blue.", "The boat is red."]
    assert await passages.stand(database, hits)
    await memory.forget(f"turn:{gone['turn_id']}")
    assert [hit.text for hit in await passages.show(database, ranked)] == ["The boat is red."]
    assert not await passages.stand(database, hits)
    assert await passages.stand(database, hits[1:])


async def test_a_chunk_of_a_document_is_shown_with_its_title_until_the_document_is_gone(memory: Memory) -> None:
    document = await memory.read_in("harbour.txt", "The harbour opens at nine.")
    passages = Passages(memory.app.server.index)
    database = Database(memory.app.server.engine, Binding("acme", "prod"))
    ranked = [Ranked(KNOWLEDGE, (document, 1, 0), 0.5, {})]
    (hit,) = await passages.show(database, ranked)
    assert (hit.kind, hit.document_id, hit.chunk_id) == ("document", document, f"{document}-1-0")
    assert hit.title
    assert (await memory.app.http.delete(f"{BASE}/documents/{document}")).status_code == 200
    assert await passages.show(database, ranked) == []
