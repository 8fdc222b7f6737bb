"""What every search index promises, whatever it searches with."""

from collections.abc import Sequence

import numpy as np
import pytest

from server.core.scope import parse
from server.index.chunk import KNOWLEDGE, MEMORY, Id, id_of
from server.index.local import LocalIndex
from server.index.search import Filter, Named, Question
from server.store.vectors import Vector
from tests.index.people import People, of_user
from tests.index.world import START, World, direction, later


async def test_the_nearest_vectors_come_first_with_their_cosine(world: World) -> None:
    await world.say("far", "a", direction(0, 1))
    await world.say("near", "b", direction(1, 0.1))
    await world.say("between", "c", direction(1, 1))
    question = Question("", direction(1), world.sees(None))
    found = await world.index.search_vector(world.database, MEMORY, question, 2)
    assert [one.id for one in found] == ["near", "between"]
    assert [one.score for one in found] == pytest.approx([float(direction(1, 0.1)[0]), 0.5**0.5], abs=1e-3)


async def test_a_chunk_with_more_of_the_rarer_words_comes_first(world: World) -> None:
    for number in range(6):
        await world.say(f"common{number}", "the garden was green that day")
    await world.say("both", "a garden full of tulips")
    assert (await world.words("tulips in the garden"))[0] == "both"


async def test_words_match_by_their_stems_and_not_by_stop_words(world: World) -> None:
    await world.say("running", "Alice was running through Paris")
    await world.say("other", "the cat is on the mat")
    assert await world.words("Who runs?") == ["running"]
    assert await world.words("what is on the") == []


async def test_other_scopes_are_never_seen_whatever_matches_there(world: World) -> None:
    await world.say("mine", "weak match on tulips", direction(1, 1), scope={"user": "alice"})
    for number in range(30):
        await world.say(f"theirs{number}", "tulips tulips tulips", direction(1), scope={"user": "bob"})
    await world.say("everybodys", "general tulips", direction(1, 2))
    assert await world.near(direction(1), scope={"user": "alice"}, k=3) == ["mine", "everybodys"]
    assert set(await world.words("tulips", scope={"user": "alice"}, k=3)) == {"mine", "everybodys"}


async def test_a_narrower_scope_is_seen_from_a_wider_one(world: World) -> None:
    await world.say("narrow", "tulips", scope={"org": "acme", "user": "alice"})
    assert await world.words("tulips", scope={"org": "acme"}) == ["narrow"]
    assert await world.words("tulips", scope={"org": "acme", "user": "bob"}) == []


async def test_what_was_removed_is_not_found(world: World) -> None:
    await world.say("forgotten", "tulips", direction(1))
    await world.say("deleted", "tulips", direction(1))
    await world.say("kept", "tulips", direction(1))
    await world.forget("forgotten")
    await world.delete("deleted")
    assert await world.words("tulips") == ["kept"]
    assert await world.near(direction(1)) == ["kept"]
    assert await world.index.chunks(world.database, MEMORY, ["forgotten", "kept", "unknown"]) == {
        "kept": await _only(world, "kept")
    }


async def test_filters_narrow_before_the_best_are_taken(world: World) -> None:
    for number in range(20):
        await world.say(f"old{number}", "tulips", direction(1), said_at=later(-30), session="other")
    await world.say("new", "some tulips were there", direction(1, 1), said_at=later(1), labels=["a=1", "b=2"])
    for where in (
        Filter(said_from=START),
        Filter(of=frozenset({"s"})),
        Filter(labels=frozenset({"b=2"})),
        Filter(labels=frozenset({"b=2", "a=1"})),
    ):
        assert await world.words("tulips", where=where, k=2) == ["new"], where
        assert await world.near(direction(1), where=where, k=2) == ["new"], where
    assert "new" not in await world.words("tulips", where=Filter(said_until=later(1)), k=30)
    assert await world.words("tulips", where=Filter(labels=frozenset({"a=1", "c=3"}))) == []
    assert await world.words("tulips", where=Filter(of=frozenset())) == []


async def test_what_was_stored_later_was_not_known(world: World) -> None:
    await world.say("early", "tulips", created_at=START)
    await world.say("late", "tulips", created_at=later(2))
    assert await world.words("tulips", where=Filter(known_by=later(1))) == ["early"]


async def test_documents_are_a_table_of_their_own_and_found_in_their_current_version(world: World) -> None:
    await world.say("turn", "tulips")
    await world.read_in("d", 0, "tulips in a book")
    question = Question("tulips", direction(1), world.sees(None))
    (found,) = await world.index.search_words(world.database, KNOWLEDGE, question, 5)
    assert found.id == ("d", 1, 0)
    chunk, text = (await world.index.chunks(world.database, KNOWLEDGE, [found.id]))[found.id]
    assert (chunk.of, chunk.position, text) == ("d", 0, "tulips in a book")
    only = Question("tulips", direction(1), world.sees(None), Filter(of=frozenset({"other"})))
    assert await world.index.search_words(world.database, KNOWLEDGE, only, 5) == []


async def test_a_survey_sees_what_stands_around_a_candidate(world: World) -> None:
    await world.say("question", "Did you see the tulips?", direction(1, 1), seq=1)
    await world.say("answer", "Yes, twice in 2025", direction(0, 0, 1), seq=2)
    await world.say("elsewhere", "Nothing at all", direction(0, 0, 0, 1), session="t", seq=1)
    survey = await world.index.survey(world.database, MEMORY, Question("tulips", direction(1), world.sees(None)), 10)
    signals = {name: dict(zip(survey.ids, values.tolist(), strict=True)) for name, values in survey.signals.items()}
    assert set(survey.ids) == {"question", "answer", "elsewhere"}
    assert signals["coverage"] == {"question": 1, "answer": 0, "elsewhere": 0}
    assert signals["window"]["question"] > signals["window"]["answer"] > signals["window"]["elsewhere"] == 0
    assert signals["group"]["answer"] == signals["group"]["question"] > signals["group"]["elsewhere"] == 0
    assert signals["answers"] == {"question": 0, "answer": 1, "elsewhere": 0}
    assert signals["answers_match"] == {"question": 0, "answer": 1, "elsewhere": 0}
    assert signals["asks"] == {"question": 1, "answer": 0, "elsewhere": 0}
    assert signals["numbers"]["answer"] == 2
    assert signals["cosine"]["question"] > signals["cosine"]["answer"]
    assert signals["around"]["answer"] == pytest.approx(signals["cosine"]["question"], abs=1e-5)


async def test_without_a_vector_words_alone_are_searched(world: World) -> None:
    await world.say("near", "Nothing of the kind", direction(1))
    await world.say("worded", "The tulips", direction(0, 1), session="t")
    question = Question("tulips", None, world.sees(None))
    survey = await world.index.survey(world.database, MEMORY, question, 10)
    assert list(survey.ids) == ["worded"]
    assert survey.signals["coverage"].tolist() == [1]
    assert survey.signals["cosine"].tolist() == survey.signals["around"].tolist() == [0]
    assert await world.index.search_vector(world.database, MEMORY, question, 10) == []
    assert [one.id for one in await world.index.search_words(world.database, MEMORY, question, 10)] == ["worded"]


async def test_a_survey_takes_nothing_from_invisible_neighbours(world: World) -> None:
    await world.say("secret", "Are the tulips secret?", scope={"user": "bob"}, seq=1)
    await world.say("mine", "plain words", scope={"user": "alice"}, seq=2)
    question = Question("tulips", direction(1), world.sees({"user": "alice"}))
    survey = await world.index.survey(world.database, MEMORY, question, 10, also=named("secret"))
    assert list(survey.ids) == ["mine"]
    for name in ("window", "group", "answers", "answers_match", "around"):
        assert survey.signals[name].tolist() == [0], name


async def test_a_survey_includes_what_the_caller_names(world: World) -> None:
    for number in range(5):
        await world.say(f"match{number}", "tulips", direction(1), session=f"s{number}")
    await world.say("named", "nothing", direction(0, 1), session="elsewhere")
    question = Question("tulips", direction(1), world.sees(None))
    without = await world.index.survey(world.database, MEMORY, question, 2)
    assert "named" not in without.ids
    survey = await world.index.survey(world.database, MEMORY, question, 2, also=named("named", "unknown"))
    assert "named" in survey.ids


async def test_a_survey_asks_once_what_else_is_named_and_fails_with_whoever_names_it(world: World) -> None:
    await world.say("c", "tulips")
    asked = []

    async def unknown() -> Sequence[Id]:
        asked.append("c")
        raise ValueError("nobody knows")

    question = Question("tulips", direction(1), world.sees(None))
    with pytest.raises(ValueError, match="nobody knows"):
        await world.index.survey(world.database, MEMORY, question, 2, also=unknown)
    assert asked == ["c"]


async def test_the_latest_come_newest_first(world: World) -> None:
    for number in range(4):
        await world.say(f"c{number}", "x", said_at=later(number), scope={"user": "bob"} if number == 3 else None)
    visibility = world.sees({"user": "alice"})
    assert await world.index.latest(world.database, MEMORY, visibility, Filter(), 2) == ["c2", "c1"]


async def test_an_empty_index_finds_nothing(world: World) -> None:
    question = Question("tulips", direction(1), world.sees(None))
    assert await world.near(direction(1)) == []
    assert await world.words("tulips") == []
    assert len(await world.index.survey(world.database, KNOWLEDGE, question, 5)) == 0
    assert await world.index.latest(world.database, MEMORY, question.visibility, Filter(), 5) == []
    narrowed = Filter(frozenset({"a=1"}), frozenset({"s"}), START, later(1), later(1), later(1))
    assert await world.words("tulips", where=narrowed) == []
    assert await world.near(direction(1), where=narrowed) == []


async def test_a_replaced_document_is_never_seen_as_a_mix_of_its_versions(world: World) -> None:
    for position in range(2):
        await world.read_in("d", position, f"tulips in the old part {position}")
    question = Question("tulips", direction(1), world.sees(None))

    async def versions() -> set[object]:
        by_words = await world.index.search_words(world.database, KNOWLEDGE, question, 9)
        by_vector = await world.index.search_vector(world.database, KNOWLEDGE, question, 9)
        survey = await world.index.survey(world.database, KNOWLEDGE, question, 9)
        latest = await world.index.latest(world.database, KNOWLEDGE, question.visibility, Filter(), 9)
        ids = {*(one.id for one in (*by_words, *by_vector)), *survey.ids, *latest}
        assert ids == set(await world.index.chunks(world.database, KNOWLEDGE, list(ids)))
        return {one[1] for one in ids}

    assert await versions() == {1}
    await world.read_in("d", 0, "tulips in the new part", version=2, current=1)
    assert await versions() == {1}, "the new version is not complete yet"
    await world.replace("d", version=2)
    assert await versions() == {2}
    await world.replace("d", version=2, chunk_count=None)
    assert await versions() == set(), "the document is being read"


async def test_vectors_are_searched_exactly_within_a_scope(world: World) -> None:
    random = np.random.default_rng(3)
    made: dict[str, Vector] = {}
    for number in range(60):
        made[f"c{number}"] = direction(*random.normal(size=8))
        await world.say(f"c{number}", "x", made[f"c{number}"], scope={"user": str(number % 3)})
    query = direction(*random.normal(size=8))
    visible = [key for number, key in enumerate(made) if number % 3 == 1]
    expected = sorted(visible, key=lambda key: -float(made[key] @ query))[:5]
    assert await world.near(query, scope={"user": "1"}, k=5) == expected


def named(*ids: str) -> Named:
    async def known() -> Sequence[Id]:
        return ids

    return known


async def _only(world: World, key: str) -> object:
    return (await world.index.chunks(world.database, MEMORY, [key]))[key]


async def test_whom_a_question_may_name_is_found_by_every_name_and_never_out_of_sight(world: World) -> None:
    people = People(world.database)
    made = [await people.make("anna", "alice", aliases=["zelda"]), await people.make("anna", "bob")]
    made += [await people.make("olga"), await people.make("robert", "alice", aliases=["bob"])]
    await world.know(*made)

    async def found(*names: str, user: str) -> list[Id]:
        return [id_of(one.id) for one in await world.index.named(world.database, names, of_user(user), 10)]

    for _ in range(2):
        assert await found("anna", "olga", user="alice") == [made[0], made[2]]
        assert await found("anna", user="bob") == [made[1]]
        assert await found("bob", "zelda", user="alice") == [made[3], made[0]]
        assert await found("bob", "zelda", user="bob") == []
        if isinstance(world.index, LocalIndex):
            await world.index.caught_up(world.database)
    (anna,) = await world.index.named(world.database, ["zelda"], of_user("alice"), 10)
    assert (anna.name, anna.type, anna.scope) == ("Anna", "Person", parse({"user": "alice"}))
    assert anna.names == {"anna", "zelda"}
    await world.know(await people.hide("anna", "alice"), await people.make("olga", aliases=["zelda"]))
    assert await found("anna", "zelda", user="alice") == [made[2]]
