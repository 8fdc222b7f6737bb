"""Suggestions."""

from server.core.naming import suggestion


def test_the_nearest_or_all() -> None:
    assert suggestion("reflexion", ["reflection", "response"]) == "did you mean 'reflection'?"
    assert suggestion("zzz", ["b", "a"]) == "known are a, b."
    assert suggestion("", ["a"]) == "known are a."
