"""The text of an API key: which row it names and the secret that proves it."""

import hmac
from dataclasses import dataclass
from typing import Literal

from server.core.ids import ALPHABET, Ids

MANAGEMENT_PREFIX = "mgmt"
CONTEXT_PREFIX = "sk"
MAX_LENGTH = 256
RANDOM_CHARACTERS = 10
TAG_CHARACTERS = 6

Kind = Literal["management", "context"]


@dataclass(frozen=True)
class Credential:
    """A key as presented; nothing about it is verified yet."""

    kind: Kind
    context_id: str | None
    key_id: str
    secret: str

    def __str__(self) -> str:
        parts = [MANAGEMENT_PREFIX] if self.context_id is None else [CONTEXT_PREFIX, self.context_id]
        return "-".join([*parts, self.key_id, self.secret])

    def __repr__(self) -> str:
        return f"Credential({self.kind}, {self.key_id})"


def parse(text: str) -> Credential | None:
    """Read `mgmt-<id>-<secret>` or `sk-<context>-<id>-<secret>`; None for anything else."""
    if len(text) > MAX_LENGTH or not text.isascii():
        return None
    head, _, secret = text.rpartition("-")
    head, _, key_id = head.rpartition("-")
    if not (secret.isalnum() and key_id.isalnum()):
        return None
    if head == MANAGEMENT_PREFIX:
        return Credential("management", None, key_id, secret)
    prefix, _, context_id = head.partition("-")
    if prefix == CONTEXT_PREFIX and context_id:
        return Credential("context", context_id, key_id, secret)
    return None


class KeyIds:
    """Ids that can be recognised as given out here without asking the database.

    The tag at an id's end only decides how much a wrong key may cost; it never decides whether a key is right.
    """

    def __init__(self, tag_key: bytes, ids: Ids) -> None:
        self._tag_key = tag_key
        self._ids = ids

    def make(self) -> str:
        random = self._ids.id(RANDOM_CHARACTERS)
        return random + self._tag(random)

    def genuine(self, key_id: str) -> bool:
        random, tag = key_id[:RANDOM_CHARACTERS], key_id[RANDOM_CHARACTERS:]
        return hmac.compare_digest(self._tag(random).encode(), tag.encode())

    def _tag(self, random: str) -> str:
        number = int.from_bytes(hmac.digest(self._tag_key, random.encode(), "sha256"))
        tag = ""
        for _ in range(TAG_CHARACTERS):
            number, letter = divmod(number, len(ALPHABET))
            tag += ALPHABET[letter]
        return tag
