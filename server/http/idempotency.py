"""The `Idempotency-Key` header: the same request again gets the same answer and does nothing."""

import asyncio
import hashlib
from collections.abc import Callable, Coroutine
from typing import Any

import structlog
from fastapi import Request, Response

from server.control.answers import Answer, Answers, Claim
from server.control.authority import Authority
from server.core.errors import SpectronError, ValidationError
from server.store.engine import Database

HEADER = "idempotency-key"
REPLAYED = "Idempotency-Replayed"
MAX_KEY_LENGTH = 255
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
KEPT_HEADERS = ("content-type", "x-trace-id")
OK = range(200, 300)

Handler = Callable[[Request], Coroutine[Any, Any, Response]]

log = structlog.get_logger(__name__)


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
        claim_id = self._answers.claim_id(_caller(request), key)
        fingerprint = await _fingerprint(request)
        async with self._answers.lock(claim_id):
            claim = await self._answers.claim(database, claim_id, fingerprint)
            if isinstance(claim, Answer):
                return Response(claim.body, claim.status, {**claim.headers, REPLAYED: "true"})
            # A request that is given up must not leave it open what became of it: the work goes on to its answer.
            return await asyncio.shield(asyncio.ensure_future(self._answered(claim, request, handle)))

    async def _answered(self, claim: Claim, request: Request, handle: Handler) -> Response:
        request.state.ids = claim.ids
        try:
            response = await handle(request)
        except BaseException:
            await self._concluded(claim, None)
            raise
        # A stream has no body to keep, and whatever is not a success changed nothing.
        body = getattr(response, "body", None)
        if response.status_code not in OK or not isinstance(body, bytes):
            await self._concluded(claim, None)
            return response
        kept = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
        await self._concluded(claim, Answer(response.status_code, kept, body))
        return response

    async def _concluded(self, claim: Claim, answer: Answer | None) -> None:
        """Keep the answer, or give the key free; that this failed does not undo what was done and is no answer."""
        try:
            if answer:
                await self._answers.settle(claim, answer)
            else:
                await self._answers.release(claim)
        except SpectronError as error:
            log.warning("idempotency.not_concluded", claim=claim.id, reason=error.detail)


def _caller(request: Request) -> str:
    authority: Authority = request.state.authority
    return f"{authority.key_id}\0{authority.on_behalf_of or ''}"


async def _fingerprint(request: Request) -> str:
    target = f"{request.method} {request.scope['path']}?".encode() + request.scope["query_string"] + b"\n"
    return hashlib.sha256(target + await request.body()).hexdigest()
