"""Earlier answers, given again while nothing that they rest on has changed."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace

from server.core.clock import Clock
from server.recall.asking import Asking
from server.recall.hits import Recalled
from server.recall.understanding import Understanding
from server.store.binding import Binding
from server.store.engine import Database
from server.store.vectors import Vector

KEPT = 512
COMPARED = 64
# How long an answer may be given again where other processes can write unseen.
UNSEEN_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Basis:
    """What an answer rests on: the state of the index and of the facts, equal as long as neither has changed."""

    generation: int | None
    facts: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class _Kept:
    asking: Asking
    vector: Vector | None
    understanding: Understanding
    basis: Basis
    recalled: Recalled
    at: float
    until: float


class AnswerCache:
    """Finds an answer by the meaning of its question, among those of exactly the same scope and options.

    Questions of about the same meaning count as one only when they name the same names and numbers and ask for the
    same kind of thing.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: OrderedDict[tuple[Binding, Asking], list[_Kept]] = OrderedDict()
        self.hits = 0
        self.misses = 0

    def find(
        self,
        binding: Binding,
        asking: Asking,
        understanding: Understanding,
        vector: Vector | None,
        basis: Basis,
        *,
        ttl: float,
        threshold: float,
    ) -> Recalled | None:
        """An answer that is still right, or None."""
        kept = self._kept.get(_key(binding, asking), [])
        oldest = self._clock.monotonic() - (ttl if basis.generation is not None else min(ttl, UNSEEN_SECONDS))
        kept[:] = [one for one in kept if one.at > oldest and one.basis.generation == basis.generation]
        same = _same(asking, understanding, vector, threshold)
        found = next((one for one in reversed(kept) if one.basis == basis and same(one)), None)
        if found is None:
            self.misses += 1
            return None
        self.hits += 1
        return found.recalled

    def holds(
        self, binding: Binding, asking: Asking, understanding: Understanding, vector: Vector | None, *, threshold: float
    ) -> bool:
        """Whether such a question was answered before, by whatever that rests on."""
        same = _same(asking, understanding, vector, threshold)
        return any(map(same, self._kept.get(_key(binding, asking), ())))

    def keep(
        self,
        binding: Binding,
        asking: Asking,
        understanding: Understanding,
        vector: Vector | None,
        basis: Basis,
        recalled: Recalled,
        *,
        ttl: float,
    ) -> None:
        """Keep an answer, for that many seconds at most."""
        key, now = _key(binding, asking), self._clock.monotonic()
        kept = self._kept.pop(key, [])
        kept.append(_Kept(asking, vector, understanding, basis, recalled, now, now + ttl))
        self._kept[key] = kept[-COMPARED:]
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)

    def drop_old(self, binding: Binding) -> int:
        """Forget the answers of a database whose time is over, and say how many that were."""
        dropped, now = 0, self._clock.monotonic()
        for key in [key for key in self._kept if key[0] == binding]:
            lasting = [one for one in self._kept[key] if one.until > now]
            dropped += len(self._kept[key]) - len(lasting)
            if lasting:
                self._kept[key] = lasting
            else:
                del self._kept[key]
        return dropped

    def discard(self, binding: Binding) -> None:
        """Forget all answers of a database."""
        for key in [key for key in self._kept if key[0] == binding]:
            del self._kept[key]


@dataclass(frozen=True)
class OldAnswers:
    """Those that are not given again any more; they would stay in memory until others took their place."""

    cache: AnswerCache
    name: str = "answers"

    async def tidy(self, context_id: str, database: Database) -> int:  # noqa: ARG002 - a database is of one Context
        return self.cache.drop_old(database.binding)


def _key(binding: Binding, asking: Asking) -> tuple[Binding, Asking]:
    """All that has to be equal: everything but the words of the question."""
    return binding, replace(asking, query="", bypass_cache=False)


def _same(
    asking: Asking, understanding: Understanding, vector: Vector | None, threshold: float
) -> Callable[[_Kept], bool]:
    words = asking.query.casefold().split()

    def same(one: _Kept) -> bool:
        if one.asking.query.casefold().split() == words:
            return True
        return (
            _alike(one.vector, vector, threshold)
            and one.understanding.exact == understanding.exact
            and one.understanding.classification == understanding.classification
            and one.understanding.typed == understanding.typed
        )

    return same


def _alike(one: Vector | None, other: Vector | None, threshold: float) -> bool:
    """Whether two questions have about the same meaning; of one without a vector nobody knows."""
    if one is None or other is None or one.shape != other.shape:
        return False
    return float(one @ other) >= threshold
