"""Server-sent events: an answer that goes on until one of both sides ends it."""

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, Callable
from typing import Any

import structlog
from fastapi import Response
from fastapi.encoders import jsonable_encoder
from starlette.types import Receive, Scope, Send

from server.observe.events import Event

SEND_SECONDS = 30.0
RETRY_MILLISECONDS = 2000

log = structlog.get_logger(__name__)


class EventStream(Response):
    """Sends events as they come, to a reader that takes each within a time; None becomes a heartbeat.

    When the reader leaves, the events are closed at once.
    """

    media_type = "text/event-stream"

    def __init__(
        self,
        events: AsyncGenerator[Any, None],
        *,
        text_of: Callable[[Any], str] | None = None,
        send_seconds: float = SEND_SECONDS,
    ) -> None:
        """`text_of` puts each event on the wire; without it they are those of the event bus."""
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        # There is no body that could be kept for a repeated request.
        del self.body
        self._events = events
        self._text_of = text_of or _text
        self._send_seconds = send_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  # the shape of every ASGI application
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        sending = asyncio.create_task(self._send_all(send))
        left = asyncio.create_task(_disconnected(receive))
        try:
            await asyncio.wait({sending, left}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            left.cancel()
            sending.cancel()
            await asyncio.wait({sending, left})
        if not sending.cancelled():
            sending.result()

    async def _send_all(self, send: Send) -> None:
        try:
            await self._send(send, f"retry: {RETRY_MILLISECONDS}\n\n")
            async with contextlib.aclosing(self._events) as events:
                async for event in events:
                    await self._send(send, self._text_of(event) if event else ": still here\n\n")
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        except TimeoutError:
            # The connection is closed by leaving the answer unfinished: nothing more goes through it.
            log.warning("events.reader_dropped", seconds=self._send_seconds)
        except Exception:
            # It is too late for a problem document, and whoever is above here can tell nobody.
            log.exception("events.failed")
            raise

    async def _send(self, send: Send, text: str) -> None:
        async with asyncio.timeout(self._send_seconds):
            await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


def framed(kind: str, data: Any) -> str:
    """One server-sent event."""
    return f"event: {kind}\ndata: {json.dumps(jsonable_encoder(data))}\n\n"


def _text(event: Event) -> str:
    return f"id: {event.id}\n" + framed(event.kind, {"context_id": event.context_id, "at": event.at, **event.data})


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
