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

    def wait(self, key: Hashable, per_minute: float) -> float:
        """Seconds until one more would be allowed, without using it; 0.0 if it is now."""
        missing = self._bucket(key, per_minute).level - 1
        return -missing * 60 / per_minute if missing < 0 else 0.0

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
