"""Ids and secrets."""

from server.core.ids import ALPHABET, Ids


def test_length_and_letters() -> None:
    ids = Ids()
    made = {ids.id() for _ in range(500)} | {ids.secret() for _ in range(500)}
    assert len(made) == 1000
    assert {len(text) for text in made} == {16, 43}
    assert set("".join(made)) == set(ALPHABET)


def test_randomness_comes_in_by_constructor() -> None:
    assert Ids(lambda bound: bound - 1).id(4) == "9999"
