"""Suggestions for names that were meant differently."""

from collections.abc import Iterable
from difflib import get_close_matches


def suggestion(name: str, known: Iterable[str]) -> str:
    """The nearest known name as a question, or the known names where none is near."""
    names = sorted(known)
    near = get_close_matches(name, names, n=1, cutoff=0.4)
    return f"did you mean {near[0]!r}?" if near else f"known are {', '.join(names)}."
