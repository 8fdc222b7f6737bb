"""Token buckets: how much of something each key may use a minute."""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass

from server.core.clock import Clock


@dataclass
class _Bucket:
    level: float
    refilled_at: float


class RateLimiter:
    """One bucket a key, refilled evenly over the minute; the keys seen longest ago are forgotten first."""

    def __init__(self, clock: Clock, *, max_keys: int = 10_000) -> None:
        self._clock = clock
        self._max_keys = max_keys
        self._buckets: OrderedDict[Hashable, _Bucket] = OrderedDict()

    def take(self, key: Hashable, per_minute: float, amount: float = 1.0) -> float:
        """Use up an amount: 0.0 if it was there, else the seconds until it will be, with nothing used."""
        missing = self._bucket(key, per_minute).level - amount
        if missing < 0:
            return -missing * 60 / per_minute
        self._buckets[key].level = missing
        return 0.0

    def give_back(self, key: Hashable, per_minute: float, amount: float = 1.0) -> None:
        """Undo a `take` that turned out not to count."""
        bucket = self._bucket(key, per_minute)
        bucket.level = min(per_minute, bucket.level + amount)

    def charge(self, key: Hashable, per_minute: float, amount: float) -> None:
        """Use up an amount that is known only now, on credit if need be; `take` of nothing says how long to wait."""
        self._bucket(key, per_minute).level -= amount

    def _bucket(self, key: Hashable, per_minute: float) -> _Bucket:
        now = self._clock.monotonic()
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = _Bucket(per_minute, now)
            if len(self._buckets) > self._max_keys:
                self._buckets.popitem(last=False)
        self._buckets.move_to_end(key)
        bucket.level = min(per_minute, bucket.level + (now - bucket.refilled_at) * per_minute / 60)
        bucket.refilled_at = now
        return bucket
