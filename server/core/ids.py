"""Identifiers and secrets, drawn from an injectable source of randomness."""

import hashlib
import secrets
import string
from collections.abc import Callable
from itertools import count

ALPHABET = string.ascii_lowercase + string.digits


class Ids:
    """Makes ids and secrets that never hold a hyphen, so that keys can be split at hyphens."""

    def __init__(self, randbelow: Callable[[int], int] = secrets.randbelow) -> None:
        self._randbelow = randbelow

    def id(self, length: int = 16) -> str:
        return self._text(length)

    def secret(self, length: int = 43) -> str:
        """43 characters of 36 letters are a little over 222 bits."""
        return self._text(length)

    def _text(self, length: int) -> str:
        # One number for all letters: each draw asks the system.
        number = self._randbelow(len(ALPHABET) ** length)
        letters: list[str] = []
        for _ in range(length):
            number, letter = divmod(number, len(ALPHABET))
            letters.append(ALPHABET[letter])
        return "".join(letters)


def seeded(seed: str) -> Ids:
    """Ids that are the same, one after the other, whenever they are drawn from the same seed."""
    numbers = count()

    def below(limit: int) -> int:
        return int.from_bytes(hashlib.sha256(f"{next(numbers)}\0{seed}".encode()).digest()) % limit

    return Ids(below)
