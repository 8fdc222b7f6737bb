"""Keys that were verified a moment ago, remembered under a keyed hash and never by their text."""

import hmac
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime

from server.control.authority import Authority

MAX_REMEMBERED = 10_000


@dataclass(frozen=True)
class Verified:
    """What was learned about a key, and when by the monotonic clock."""

    authority: Authority
    key_hash: str
    expires_at: datetime | None
    checked_at: float


@dataclass(frozen=True)
class Rejected:
    """Why a text was refused as a key, of which key it is the id, and when by the monotonic clock."""

    reason: str
    at: float
    key_id: str | None = None
    context_id: str | None = None


class VerifiedKeys:
    """A bounded memory of verified and of rejected keys; losing it costs time, never correctness."""

    def __init__(self, hash_key: bytes, *, max_remembered: int = MAX_REMEMBERED) -> None:
        self._hash_key = hash_key
        self._max_remembered = max_remembered
        self._verified: OrderedDict[bytes, Verified] = OrderedDict()
        self._rejected: OrderedDict[bytes, Rejected] = OrderedDict()
        self.generation = 0

    def digest(self, text: str) -> bytes:
        return hmac.digest(self._hash_key, text.encode(), "sha256")

    def get(self, digest: bytes) -> Verified | None:
        return self._verified.get(digest)

    def remember(self, digest: bytes, verified: Verified, generation: int) -> None:
        """Keep it, unless a key changed after `generation`: it may have been read before the change."""
        if generation != self.generation:
            return
        self._verified[digest] = verified
        self._verified.move_to_end(digest)
        if len(self._verified) > self._max_remembered:
            self._verified.popitem(last=False)

    def reject(self, digest: bytes, rejected: Rejected) -> None:
        self._verified.pop(digest, None)
        self._rejected[digest] = rejected
        self._rejected.move_to_end(digest)
        if len(self._rejected) > self._max_remembered:
            self._rejected.popitem(last=False)

    def rejected(self, digest: bytes) -> Rejected | None:
        return self._rejected.get(digest)

    def forget(self, key_id: str) -> None:
        """Drop what is remembered of a key that changed."""
        self._drop([digest for digest, known in self._verified.items() if known.authority.key_id == key_id])

    def forget_context(self, context_id: str) -> None:
        """Drop every key of a Context that is gone."""
        self._drop([digest for digest, known in self._verified.items() if known.authority.context_id == context_id])

    def _drop(self, digests: list[bytes]) -> None:
        for digest in digests:
            del self._verified[digest]
        self.generation += 1
