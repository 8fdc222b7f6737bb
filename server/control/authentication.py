"""From the text of a key to what it may do, paying Argon2 once and wrong keys as little as possible."""

from collections.abc import Callable
from datetime import datetime

from server.control.authority import Authority
from server.control.credentials import Credential, parse
from server.control.hashing import Hasher
from server.control.keys import Key, Keys
from server.control.verified import Verified, VerifiedKeys
from server.core.clock import Clock
from server.core.errors import RateLimitedError, UnauthorizedError
from server.core.limits import RateLimiter

NOT_A_KEY = "That is not an API key; send `API-KEY: mgmt-…` or `API-KEY: sk-…`, or the same as a Bearer token."
WRONG = "The API key is not valid: it is unknown, or its secret is wrong. Check the key, or have a new one minted."
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

    async def authenticate(self, text: str, source: str) -> Authority:
        """The authority of a key; `UnauthorizedError` for a wrong one, `RateLimitedError` for too many of those."""
        credential = parse(text)
        if credential is None:
            raise UnauthorizedError(NOT_A_KEY)
        digest = self._verified.digest(text)
        known = self._verified.get(digest)
        if known is None or not self._recent(known.checked_at):
            known = await self._verify(credential, digest, source, known)
        now = self._clock.now()
        if known.expires_at and known.expires_at <= now:
            raise UnauthorizedError("This API key has expired; have a new one minted.")
        self._last_used[known.authority.key_id] = now
        return known.authority

    async def flush(self) -> None:
        """Write when keys were last used."""
        if self._last_used:
            used, self._last_used = self._last_used, {}
            await self._keys.used(used)

    async def _verify(self, credential: Credential, digest: bytes, source: str, known: Verified | None) -> Verified:
        bucket = self._bucket(credential, source)
        if known is None:
            self._turn_away(digest, bucket)
        generation, checked_at = self._verified.generation, self._clock.monotonic()
        key = await self._keys.find(credential.key_id, management=credential.kind == "management")
        if key is None or key.context_id != credential.context_id:
            raise self._wrong(digest, bucket)
        proven = known is not None and known.key_hash == key.key_hash
        if not proven and not await self._hasher.verify(key.key_hash, credential.secret):
            raise self._wrong(digest, bucket)
        self._check_state(key)
        verified = Verified(key.authority(), key.key_hash, key.expires_at, checked_at)
        self._verified.remember(digest, verified, generation)
        return verified

    def _bucket(self, credential: Credential, source: str) -> tuple[str, ...]:
        """Ids this deployment never gave out share one allowance a source; each real id has one of its own.

        So somebody who tries out random keys uses up only his own guesses, and a right key from the same address
        is still let in.
        """
        return (source, credential.key_id) if self._genuine(credential.key_id) else (source,)

    def _turn_away(self, digest: bytes, bucket: tuple[str, ...]) -> None:
        rejected_at = self._verified.rejected_at(digest)
        if rejected_at is not None and self._recent(rejected_at):
            raise UnauthorizedError(WRONG)
        wait = self._limiter.wait(bucket, self._rejected_per_minute)
        if wait:
            raise RateLimitedError(INSISTENT, retry_after=wait)

    def _recent(self, at: float) -> bool:
        return self._clock.monotonic() - at < self._recheck_seconds

    def _check_state(self, key: Key) -> None:
        state = key.state(self._clock.now())
        if state != "active":
            self._verified.forget(key.id)
            raise UnauthorizedError(f"This API key is {state}; have a new one minted.")

    def _wrong(self, digest: bytes, bucket: tuple[str, ...]) -> UnauthorizedError:
        self._limiter.take(bucket, self._rejected_per_minute)
        self._verified.reject(digest, self._clock.monotonic())
        return UnauthorizedError(WRONG)
