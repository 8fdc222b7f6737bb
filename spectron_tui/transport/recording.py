"""Keeps what the dashboard is answered."""

from collections.abc import Callable
from datetime import datetime

import httpx

from spectron_tui.recording.answer import JSON, Answer, asked
from spectron_tui.recording.recorder import Recorder

STREAM = "text/event-stream"
CODED = {"content-encoding", "content-length", "transfer-encoding"}


class RecordingTransport(httpx.AsyncBaseTransport):
    """Passes everything on, and keeps answers to what only reads: no header, nothing that was sent, no stream."""

    def __init__(self, transport: httpx.AsyncBaseTransport, recorder: Recorder, now: Callable[[], datetime]) -> None:
        self._transport = transport
        self._recorder = recorder
        self._now = now

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        question = asked(request)
        if question is None:
            return await self._transport.handle_async_request(request)
        try:
            response = await self._transport.handle_async_request(request)
            if _kind(response) == STREAM:
                return response
            response = await _whole(response)
        except httpx.TransportError as error:
            self._recorder.keep(Answer(question, self._now(), None, str(error)))
            raise
        self._recorder.keep(Answer(question, self._now(), response.status_code, response.text, _kind(response)))
        return response

    async def aclose(self) -> None:
        await self._transport.aclose()


async def _whole(response: httpx.Response) -> httpx.Response:
    """The same answer, read to its end."""
    content = await response.aread()
    headers = [(name, value) for name, value in response.headers.multi_items() if name.lower() not in CODED]
    return httpx.Response(response.status_code, headers=headers, content=content, extensions=response.extensions)


def _kind(response: httpx.Response) -> str:
    return str(response.headers.get("content-type", JSON)).partition(";")[0].strip()
