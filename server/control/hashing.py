"""Argon2id, off the event loop and bounded."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from server.core.errors import RateLimitedError

MEMORY_KIB = 19 * 1024
TIME_COST = 2


class Hasher:
    """Hashes and verifies secrets in a small pool; what finds too long a queue is turned away, not queued."""

    def __init__(
        self,
        *,
        workers: int = 1,
        max_waiting: int = 64,
        memory_kib: int = MEMORY_KIB,
        time_cost: int = TIME_COST,
    ) -> None:
        self._argon2 = PasswordHasher(
            time_cost=time_cost, memory_cost=memory_kib, parallelism=1, type=Type.ID, hash_len=32, salt_len=16
        )
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="argon2")
        self._max_waiting = max_waiting
        self._waiting = 0

    async def hash(self, secret: str) -> str:
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._argon2.hash, secret)

    async def verify(self, key_hash: str, secret: str) -> bool:
        if self._waiting >= self._max_waiting:
            raise RateLimitedError("Too many keys are being verified at once; try again in a second.")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, self._matches, key_hash, secret)
        finally:
            self._waiting -= 1

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _matches(self, key_hash: str, secret: str) -> bool:
        try:
            return self._argon2.verify(key_hash, secret)
        except (VerificationError, InvalidHashError):
            return False
