"""What counts as the same question, how long an answer lasts, and that it is given again only while it is right."""

from dataclasses import replace

import pytest

from server.core.scope import EMPTY, parse
from server.core.visibility import visible
from server.recall.asking import Asking, Times
from server.recall.cache import COMPARED, UNSEEN_SECONDS, AnswerCache, Basis
from server.recall.hits import Recalled
from server.recall.understanding import Understanding
from server.store.binding import Binding
from server.store.vectors import Vector
from tests.index.world import direction, later
from tests.support.clock import ManualClock

HERE = Binding("acme", "one")
ASKING = Asking("Is the bicycle red?", visible(EMPTY, [parse({"user": "alice"})]))
BASIS = Basis(1, ("facts",))
NEAR = direction(1)
ANSWER = Recalled("hybrid", "because", (), (), "open")


class Cache:
    """A cache with one answer in it, asked in short."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.answers = AnswerCache(self.clock)
        self.keep()

    def keep(self, asking: Asking = ASKING, basis: Basis = BASIS, answer: Recalled = ANSWER, ttl: float = 60) -> None:
        self.answers.keep(HERE, asking, Understanding(asking.query), NEAR, basis, answer, ttl=ttl)

    def find(
        self,
        asking: Asking = ASKING,
        *,
        vector: Vector = NEAR,
        basis: Basis = BASIS,
        binding: Binding = HERE,
        ttl: float = 60,
        threshold: float = 0.9,
    ) -> Recalled | None:
        return self.answers.find(
            binding, asking, Understanding(asking.query), vector, basis, ttl=ttl, threshold=threshold
        )


def test_the_same_words_are_the_same_question_whatever_their_vector() -> None:
    asked = replace(ASKING, query="is the  BICYCLE red?")
    assert Cache().find(asked, vector=direction(0, 1)) is ANSWER


def test_it_knows_which_questions_it_may_have_an_answer_to() -> None:
    answers = Cache().answers

    def held(asking: Asking, vector: Vector = NEAR) -> bool:
        return answers.holds(HERE, asking, Understanding(asking.query), vector, threshold=0.9)

    assert held(ASKING)
    assert held(replace(ASKING, query="Has the bicycle a red colour?"), direction(1, 0.1))
    assert not held(replace(ASKING, query="Has the bicycle a red colour?"), direction(0, 1))
    assert not held(replace(ASKING, k=3))
    assert not held(replace(ASKING, visibility=visible(EMPTY, [parse({"user": "bob"})])))


def test_about_the_same_meaning_is_enough_above_the_threshold() -> None:
    asked = replace(ASKING, query="Has the bicycle a red colour?")
    assert Cache().find(asked, vector=direction(1, 0.1)) is ANSWER
    assert Cache().find(asked, vector=direction(1, 1)) is None
    assert Cache().find(asked, vector=direction(1, 1), threshold=0.7) is ANSWER


@pytest.mark.parametrize(
    ("kept", "asked"),
    [
        ("What did Alice buy?", "What did Bob buy?"),
        ("What happened in room 4?", "What happened in room 5?"),
        ("When did we meet them?", "Who did we meet then?"),
    ],
)
def test_other_names_numbers_and_kinds_are_other_questions(kept: str, asked: str) -> None:
    cache = Cache()
    cache.keep(replace(ASKING, query=kept))
    assert cache.find(replace(ASKING, query=asked)) is None


@pytest.mark.parametrize(
    "other",
    [
        replace(ASKING, visibility=visible(EMPTY, [parse({"user": "bob"})])),
        replace(ASKING, visibility=visible(EMPTY, [parse({"user": "alice"})], "merged")),
        replace(ASKING, k=11),
        replace(ASKING, mode="bm25"),
        replace(ASKING, include=frozenset({"facts"})),
        replace(ASKING, labels=frozenset({"a=1"})),
        replace(ASKING, session_id="s"),
        replace(ASKING, documents=frozenset({"d"})),
        replace(ASKING, times=Times(said_from=later(1))),
        replace(ASKING, threshold=0.5),
    ],
)
def test_everything_but_the_words_must_be_equal(other: Asking) -> None:
    assert Cache().find(other) is None


def test_another_database_has_other_answers() -> None:
    assert Cache().find(binding=Binding("acme", "two")) is None


def test_an_answer_is_over_when_the_index_or_the_facts_have_changed() -> None:
    assert Cache().find(basis=Basis(1, ("other facts",))) is None
    cache = Cache()
    assert cache.find(basis=Basis(2, ("facts",))) is None
    assert cache.find() is None, "what was written in between cannot be undone"


def test_an_answer_lasts_as_long_as_it_is_told_to() -> None:
    cache = Cache()
    cache.clock.advance(59)
    assert cache.find() is ANSWER
    cache.clock.advance(2)
    assert cache.find() is None


def test_where_others_write_unseen_an_answer_lasts_a_few_seconds() -> None:
    cache, unseen = Cache(), Basis(None, ())
    cache.keep(basis=unseen)
    cache.clock.advance(UNSEEN_SECONDS - 1)
    assert cache.find(basis=unseen) is ANSWER
    cache.clock.advance(2)
    assert cache.find(basis=unseen) is None


def test_the_last_answers_are_kept_and_the_newest_is_given() -> None:
    cache = Cache()
    for number in range(COMPARED + 1):
        cache.keep(answer=replace(ANSWER, tier_reason=str(number)))
    found = cache.find()
    assert found
    assert found.tier_reason == str(COMPARED)


def test_hits_and_misses_are_counted_and_a_database_can_be_forgotten() -> None:
    cache = Cache()
    cache.find()
    cache.answers.discard(HERE)
    cache.find()
    assert (cache.answers.hits, cache.answers.misses) == (1, 1)


def test_old_answers_are_dropped() -> None:
    cache = Cache()
    cache.keep(replace(ASKING, k=3), ttl=10)
    cache.clock.advance(30)
    assert cache.answers.drop_old(HERE) == 1
    assert cache.find() is ANSWER
