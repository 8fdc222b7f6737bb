"""When two values of a key say the same."""

import re

from server.core.vocabulary.keys import key_named
from server.memory.names import normalised

_WORD = re.compile(r"\w+")
_FILLERS = frozenset(
    "a an the of to in on at for and or my her his their our your is are being some very really lots lot".split()  # noqa: SIM905  # a list of quoted words is harder to read
)


def canonical(key: str, value: str) -> str:
    """The form in which values of a key are compared; wording is reduced to the words that carry it."""
    if not key_named(key).prose:
        return normalised(value)
    return " ".join(sorted(words_of(value))) or normalised(value)


def words_of(value: str) -> frozenset[str]:
    """The words that carry a meaning, without the ending of a plural."""
    return frozenset(_singular(word) for word in _WORD.findall(normalised(value)) if word not in _FILLERS)


def _singular(word: str) -> str:
    regular = len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is"))  # noqa: PLR2004  # gas, bus
    return word[:-1] if regular else word
