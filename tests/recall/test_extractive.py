"""Answers without a model: what was asked for, word for word, or that it is not known."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.scope import EMPTY, parse
from server.recall.extractive import KEPT, REPLY, UNKNOWN, Extractive
from server.recall.hits import Hit, Recalled
from server.recall.responding import cited, unmarked
from tests.support.clock import START

EXTRACTIVE = Extractive()


def said(text: str, **more: Any) -> Hit:
    values: dict[str, Any] = {"id": f"memory_chunk:{len(text)}", "kind": "turn", "score": 0.5, "role": "user"} | more
    return Hit(text=text, scope=EMPTY, said_at=START, **values)


def known(entity: str, key: str, value: str, table: str = "attribute") -> Hit:
    text = f"{entity} \u2014 {key}: {value}"
    return said(text, id=f"{table}:{key}", kind="fact", entity=entity, entity_type="Person", key=key, value=value)


def recalled(*hits: Hit, tier: Any = "hybrid", classification: str = "open") -> Recalled:
    return Recalled(tier, "because", hits, (), classification)


def test_a_known_fact_is_stated_with_its_mark() -> None:
    found = recalled(known("alice", "location", "Lisbon"), tier="direct", classification="typed")
    answer = EXTRACTIVE.answer("Where does alice live?", found)
    assert (answer.text, answer.cited) == ("alice's location: Lisbon. [1]", (1,))


def test_values_of_a_key_stand_together_and_none_twice() -> None:
    hits = (
        known("James", "likes", "tea"),
        known("James", "likes", "chess"),
        known("James", "employer", "Globex"),
        known("James", "works_at", "Globex", "relates_to"),
    )
    answer = EXTRACTIVE.answer("What does James like?", recalled(*hits, tier="direct"))
    assert answer.text == "James' likes: tea, chess. [1] [2]\nJames' employer: Globex. [3]"
    assert answer.cited == (1, 2, 3)


def test_the_sentence_that_fits_is_quoted() -> None:
    hits = (
        said("Do you remember the bicycle?"),
        said("It rained all day. The bicycle in the cellar has a broken chain. I like soup."),
        said("What is wrong with the bicycle? It has a broken chain.", role="assistant", labels=frozenset({REPLY})),
    )
    answer = EXTRACTIVE.answer("What is wrong with the bicycle in the cellar?", recalled(*hits))
    assert "\u201cThe bicycle in the cellar has a broken chain.\u201d (user, 2026-01-01) [2]" in answer.text
    assert answer.cited == (2,)


def test_a_question_for_a_time_prefers_a_sentence_with_one() -> None:
    hits = (said("Carol visited the museum with us."), said("Carol visited the museum in May 2025."))
    assert EXTRACTIVE.answer("When did Carol visit the museum?", recalled(*hits)).cited == (2,)


def test_a_document_is_named() -> None:
    hit = said("Backups are kept for thirty days.", kind="document", title="Handbook", role=None)
    answer = EXTRACTIVE.answer("How long are backups kept?", recalled(hit))
    assert answer.text == "Handbook says: \u201cBackups are kept for thirty days.\u201d [1]"


def test_what_is_only_near_says_so() -> None:
    answer = EXTRACTIVE.answer(
        "Which museum in Paris did Carol visit with Dave?", recalled(said("We like one museum."))
    )
    assert answer.text.startswith("I am not sure")
    assert answer.cited == (1,)


@pytest.mark.parametrize(
    "hits", [(), (said("I like soup."),), (said("Who is the president?"),), (known("alice", "diet", "vegan"),)]
)
def test_what_is_not_known_is_not_made_up(hits: tuple[Hit, ...]) -> None:
    answer = EXTRACTIVE.answer("Who is the president of the chess club?", recalled(*hits))
    assert (answer.text, answer.cited) == (UNKNOWN, ())


def test_what_is_no_question_is_taken_note_of() -> None:
    assert EXTRACTIVE.answer("I moved to Porto.", recalled(), ["alice, location: Porto."]).text == (
        "Noted. alice, location: Porto."
    )
    assert EXTRACTIVE.answer("Nice weather.", recalled()).text == KEPT


def test_an_overview_tells_facts_and_words() -> None:
    hits = (known("alice", "location", "Lisbon"), said("The bicycle has a broken chain."), said("And now?"))
    answer = EXTRACTIVE.answer("What do you know about me?", recalled(*hits, tier="full_context"))
    assert "Lisbon" in answer.text
    assert "broken chain" in answer.text
    assert answer.cited == (1, 2)


@given(st.text(max_size=200), st.lists(st.text(max_size=200), max_size=4))
def test_whatever_was_said_the_answer_cites_what_is_there(question: str, texts: list[str]) -> None:
    hits = [said(text, id=f"memory_chunk:{number}") for number, text in enumerate(texts)]
    for answer in (EXTRACTIVE.answer(question, recalled(*hits)), EXTRACTIVE.overview(question, recalled(*hits))):
        assert answer.text
        assert all(f"[{place}]" in answer.text and 1 <= place <= len(hits) for place in answer.cited)


def test_marks_are_read_and_taken_out() -> None:
    assert cited("A [2]. B [1] [2] [9] [x].", 3) == (2, 1)
    assert unmarked("A [2]. B [1] [12].") == "A. B."


def test_what_is_kept_in_a_scope_rests_on_what_its_readers_see() -> None:
    alice, team = parse("org/acme/user/alice"), parse("org/acme")
    hits = [Hit(f"turn:{at}", "turn", 1.0, "x", scope, START) for at, scope in enumerate((alice, team, EMPTY))]
    found = recalled(*hits)
    assert [hit.id for hit in found.shareable(alice).hits] == ["turn:0", "turn:2"]
    assert [hit.id for hit in found.shareable(EMPTY).hits] == ["turn:2"]
    assert found.shareable(team) is found
