"""Answers kept for requests that are sent again, so that a repeated write happens once."""

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from weakref import WeakValueDictionary

from server.control.secrets import Cipher
from server.core.clock import Clock
from server.core.errors import ConflictError, DuplicateError
from server.core.ids import Ids, seeded
from server.store.engine import Database, Row

KEPT = timedelta(hours=24)
# Each new claim takes away a few that are over, so that they never pile up.
CLEARED_AT_ONCE = 20
POLL_SECONDS = 0.05
# A claim that is over is overwritten: the engine in memory cannot make a record again in the transaction that deletes
# it. One whose holder died is taken over with its seed. Creating fails for one that holds.
CLAIM = """LET $claim = type::record('idempotency', $id);
LET $over = (UPDATE $claim SET fingerprint = $row.fingerprint, state = 'pending', seed = $row.seed, status = NONE,
    headers = NONE, body = NONE, taken_at = $now, held_until = $row.held_until, expires_at = $row.expires_at
    WHERE expires_at <= $now RETURN VALUE seed);
LET $left = (UPDATE $claim SET taken_at = $now, held_until = $row.held_until
    WHERE array::len($over) = 0 AND state = 'pending' AND fingerprint = $row.fingerprint
    AND (held_until <= $now OR taken_at < $dead_before) RETURN VALUE seed);
LET $taken = array::concat($over, $left);
IF array::len($taken) = 0 { CREATE $claim CONTENT $row RETURN NONE };
DELETE (SELECT VALUE id FROM idempotency WHERE expires_at <= $now AND <datetime>expires_at <= $now LIMIT $few)
    RETURN NONE;
array::first($taken) ?? $row.seed"""


@dataclass(frozen=True)
class Answer:
    """A stored response."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Claim:
    """The right to do the work of a request, held until it is settled or released.

    Whoever takes it over from a process that died gets the same ids, and so finds what that one has already made.
    """

    id: str
    database: Database
    ids: Ids


class Answers:
    """Stores one answer for each caller and idempotency key; bodies are encrypted, for some hold a new secret."""

    def __init__(self, cipher: Cipher, clock: Clock, ids: Ids, *, pending: timedelta, alone: bool) -> None:
        """`pending` is the longest that work may take; when `alone`, what was held before this process is not held."""
        self._cipher = cipher
        self._clock = clock
        self._ids = ids
        self._pending = pending
        self._dead_before = clock.now() if alone else None
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def lock(self, claim_id: str) -> asyncio.Lock:
        """Requests of one key wait for each other inside a process; the database decides between processes."""
        return self._locks.setdefault(claim_id, asyncio.Lock())

    @staticmethod
    def claim_id(caller: str, key: str) -> str:
        return hashlib.sha256(f"{caller}\0{key}".encode()).hexdigest()

    async def claim(self, database: Database, claim_id: str, fingerprint: str) -> Claim | Answer:
        """Win the right to do the work, or get the answer of who did it."""
        deadline = self._clock.monotonic() + self._pending.total_seconds()
        while True:
            try:
                seed = await self._create(database, claim_id, fingerprint)
            except DuplicateError:
                found = await self._found(database, claim_id, fingerprint)
                if found is not None:
                    return found
            else:
                return Claim(claim_id, database, seeded(seed))
            if self._clock.monotonic() > deadline:
                raise ConflictError("The first request with this Idempotency-Key is still being worked on; wait.")
            await self._clock.sleep(POLL_SECONDS)

    async def settle(self, claim: Claim, answer: Answer) -> None:
        await claim.database.write(
            """UPDATE type::record('idempotency', $id) SET state = 'done', status = $status, headers = $headers,
                body = $body, expires_at = $expires_at RETURN NONE""",
            {
                "id": claim.id,
                "status": answer.status,
                "headers": dict(answer.headers),
                "body": self._cipher.encrypt(answer.body, claim.id),
                "expires_at": self._clock.now() + KEPT,
            },
            repeatable=True,
        )

    async def release(self, claim: Claim) -> None:
        """Give up a claim whose work changed nothing, so that the request can be tried again."""
        await claim.database.write(
            "DELETE type::record('idempotency', $id) RETURN NONE", {"id": claim.id}, repeatable=True
        )

    async def _create(self, database: Database, claim_id: str, fingerprint: str) -> str:
        now = self._clock.now()
        row = {
            "fingerprint": fingerprint,
            "state": "pending",
            "seed": self._ids.secret(),
            "created_at": now,
            "taken_at": now,
            "held_until": now + self._pending,
            "expires_at": now + KEPT,
        }
        variables = {"id": claim_id, "row": row, "now": now, "dead_before": self._dead_before, "few": CLEARED_AT_ONCE}
        *_, seed = await database.write(CLAIM, variables)
        return str(seed)

    async def _found(self, database: Database, claim_id: str, fingerprint: str) -> Answer | None:
        row: Row | None = await database.row("SELECT * FROM type::record('idempotency', $id)", {"id": claim_id})
        if row is None:
            return None
        if row["fingerprint"] != fingerprint:
            raise ConflictError("This Idempotency-Key was used for a different request; use a new key for a new one.")
        if row["state"] != "done":
            return None
        return Answer(row["status"], row["headers"], self._cipher.decrypt(row["body"], claim_id))
