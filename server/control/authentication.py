"""From the text of a key to what it may do, paying Argon2 once and wrong keys as little as possible."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from weakref import WeakValueDictionary

from server.control.authority import Authority
from server.control.credentials import Credential, parse
from server.control.hashing import Hasher
from server.control.keys import Key, Keys
from server.control.verified import Rejected, Verified, VerifiedKeys
from server.core.clock import Clock
from server.core.errors import RateLimitedError, UnauthorizedError
from server.core.limits import RateLimiter

NOT_A_KEY = "That is not an API key; send `API-KEY: mgmt-…` or `API-KEY: sk-…`, or the same as a Bearer token."
WRONG = "The API key is not valid: it is unknown, or its secret is wrong. Check the key, or have a new one minted."
UNUSABLE = "This API key is {}; have a new one minted."
INSISTENT = "Too many wrong API keys came from this address; wait, then send a right one."


class Authenticator:
    """Verifies keys; a verified one is trusted for a few seconds, then its row (not its secret) is checked again."""

    def __init__(
        self,
        keys: Keys,
        verified: VerifiedKeys,
        hasher: Hasher,
        limiter: RateLimiter,
        clock: Clock,
        *,
        genuine: Callable[[str], bool],
        recheck_seconds: float,
        rejected_per_minute: int,
    ) -> None:
        self._keys = keys
        self._verified = verified
        self._hasher = hasher
        self._limiter = limiter
        self._clock = clock
        self._genuine = genuine
        self._recheck_seconds = recheck_seconds
        self._rejected_per_minute = rejected_per_minute
        self._last_used: dict[str, datetime] = {}
        self._verifying: WeakValueDictionary[tuple[str, ...], asyncio.Lock] = WeakValueDictionary()

    async def authenticate(self, text: str, source: str) -> Authority:
        """The authority of a key; `UnauthorizedError` for a wrong one, `RateLimitedError` for too many of those."""
        credential = parse(text)
        if credential is None:
            raise UnauthorizedError(NOT_A_KEY)
        digest = self._verified.digest(text)
        known = self._remembered(digest)
        if known is None:
            # One at a time: many requests that come with the same new key pay for it once, and whoever tries out
            # secrets of a key gets in the way of nobody else.
            bucket = self._bucket(credential, source)
            async with self._verifying.setdefault(bucket, asyncio.Lock()):
                known = self._remembered(digest) or await self._verify(credential, digest, bucket)
        now = self._clock.now()
        if known.expires_at and known.expires_at <= now:
            authority = known.authority
            raise UnauthorizedError(
                UNUSABLE.format("expired"), key_id=authority.key_id, context_id=authority.context_id
            )
        self._last_used[known.authority.key_id] = now
        return known.authority

    async def flush(self) -> None:
        """Write when keys were last used; what cannot be written for now stays."""
        if self._last_used:
            used, self._last_used = self._last_used, {}
            try:
                await self._keys.used(used)
            except BaseException:
                self._last_used = used | self._last_used
                raise

    def _remembered(self, digest: bytes) -> Verified | None:
        known = self._verified.get(digest)
        return known if known and self._recent(known.checked_at) else None

    def _bucket(self, credential: Credential, source: str) -> tuple[str, ...]:
        """Ids this deployment never gave out share one allowance a source; each real id has one of its own.

        So somebody who tries out random keys uses up only his own guesses, and a right key from the same address is
        let in.
        """
        return (source, credential.key_id) if self._genuine(credential.key_id) else (source,)

    async def _verify(self, credential: Credential, digest: bytes, bucket: tuple[str, ...]) -> Verified:
        known = self._verified.get(digest)
        if known is not None:
            return await self._check(credential, digest, known)
        rejected = self._verified.rejected(digest)
        if rejected is not None and self._recent(rejected.at):
            raise _unauthorized(rejected)
        with self._attempt(bucket):
            return await self._check(credential, digest, None)

    async def _check(self, credential: Credential, digest: bytes, known: Verified | None) -> Verified:
        """Read the row of a key, and verify its secret unless that was done for the same hash before."""
        generation, checked_at = self._verified.generation, self._clock.monotonic()
        key = await self._keys.find(credential.key_id, management=credential.kind == "management")
        if key is None or key.context_id != credential.context_id:
            raise self._refused(digest, WRONG, None)
        proven = known is not None and known.key_hash == key.key_hash
        if not proven and not await self._hasher.verify(key.key_hash, credential.secret):
            raise self._refused(digest, WRONG, key)
        state = key.state(self._clock.now())
        if state != "active":
            raise self._refused(digest, UNUSABLE.format(state), key)
        verified = Verified(key.authority(), key.key_hash, key.expires_at, checked_at)
        self._verified.remember(digest, verified, generation)
        return verified

    @contextmanager
    def _attempt(self, bucket: tuple[str, ...]) -> Iterator[None]:
        """Counts as a wrong key until it turns out to be none; a database that is away uses up nobody's guesses."""
        wait = self._limiter.take(bucket, self._rejected_per_minute)
        if wait:
            raise RateLimitedError(INSISTENT, retry_after=wait)
        wrong = False
        try:
            yield
        except UnauthorizedError:
            wrong = True
            raise
        finally:
            if not wrong:
                self._limiter.give_back(bucket, self._rejected_per_minute)

    def _recent(self, at: float) -> bool:
        return self._clock.monotonic() - at < self._recheck_seconds

    def _refused(self, digest: bytes, reason: str, key: Key | None) -> UnauthorizedError:
        key_id, context_id = (key.id, key.context_id) if key else (None, None)
        rejected = Rejected(reason, self._clock.monotonic(), key_id, context_id)
        self._verified.reject(digest, rejected)
        return _unauthorized(rejected)


def _unauthorized(rejected: Rejected) -> UnauthorizedError:
    return UnauthorizedError(rejected.reason, key_id=rejected.key_id, context_id=rejected.context_id)
