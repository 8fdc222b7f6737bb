"""Ids and secrets."""

from server.core.ids import ALPHABET, Ids, seeded


def test_length_and_letters() -> None:
    ids = Ids()
    made = {ids.id() for _ in range(500)} | {ids.secret() for _ in range(500)}
    assert len(made) == 1000
    assert {len(text) for text in made} == {16, 43}
    assert set("".join(made)) == set(ALPHABET)


def test_randomness_comes_in_by_constructor() -> None:
    assert Ids(lambda bound: bound - 1).id(4) == "9999"


def test_ids_of_one_seed_repeat_and_those_of_another_differ() -> None:
    first, again, other = seeded("a"), seeded("a"), seeded("b")
    drawn = [first.id() for _ in range(50)]
    assert drawn == [again.id() for _ in range(50)]
    assert len({*drawn, *(other.id() for _ in range(50))}) == 100
