"""Server-sent events: an answer that goes on until one of both sides ends it."""

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator

import structlog
from fastapi import Response
from fastapi.encoders import jsonable_encoder
from starlette.types import Receive, Scope, Send

from server.observe.events import Event

SEND_SECONDS = 30.0
RETRY_MILLISECONDS = 2000

log = structlog.get_logger(__name__)


class EventStream(Response):
    """Sends events as they come, to a reader that takes each within a time; None becomes a heartbeat."""

    media_type = "text/event-stream"

    def __init__(self, events: AsyncGenerator[Event | None, None], *, send_seconds: float = SEND_SECONDS) -> None:
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._events = events
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
                    await self._send(send, _text(event) if event else ": still here\n\n")
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        except TimeoutError:
            # The connection is closed by leaving the answer unfinished: nothing more goes through it.
            log.warning("events.reader_dropped", seconds=self._send_seconds)

    async def _send(self, send: Send, text: str) -> None:
        async with asyncio.timeout(self._send_seconds):
            await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


def _text(event: Event) -> str:
    data = json.dumps(jsonable_encoder({"context_id": event.context_id, "at": event.at, **event.data}))
    return f"id: {event.id}\nevent: {event.kind}\ndata: {data}\n\n"


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
