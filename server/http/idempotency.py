"""The `Idempotency-Key` header: the same request again gets the same answer and does nothing."""

import hashlib
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response

from server.control.answers import Answer, Answers
from server.core.errors import ValidationError
from server.http.guard import presented_key
from server.store.engine import Database

HEADER = "idempotency-key"
REPLAYED = "Idempotency-Replayed"
MAX_KEY_LENGTH = 255
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
KEPT_HEADERS = ("content-type",)

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class Idempotency:
    """Runs a handler once for each caller and key."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers

    async def once(self, request: Request, database: Database, handle: Handler) -> Response:
        key = request.headers.get(HEADER)
        if key is None or request.method not in WRITES:
            return await handle(request)
        if not 1 <= len(key) <= MAX_KEY_LENGTH:
            raise ValidationError(f"Idempotency-Key must be 1 to {MAX_KEY_LENGTH} characters long.")
        claim_id = self._answers.claim_id(presented_key(request), key)
        fingerprint = await _fingerprint(request)
        async with self._answers.lock(claim_id):
            claim = await self._answers.claim(database, claim_id, fingerprint)
            if isinstance(claim, Answer):
                return Response(claim.body, claim.status, {**claim.headers, REPLAYED: "true"})
            try:
                response = await handle(request)
            except BaseException:
                await self._answers.release(claim)
                raise
            if response.status_code >= 300:  # noqa: PLR2004 - whatever is not a success changed nothing
                await self._answers.release(claim)
                return response
            kept = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
            await self._answers.settle(claim, Answer(response.status_code, kept, bytes(response.body)))
            return response


async def _fingerprint(request: Request) -> str:
    target = f"{request.method} {request.url.path}?{request.url.query}\n".encode()
    return hashlib.sha256(target + await request.body()).hexdigest()
