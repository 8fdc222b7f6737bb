"""Following what happens on a server."""

import json
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from spectron import endpoint
from spectron.aio.connection import AsyncConnection
from spectron.errors import ResponseError, SpectronError, TransportError, UnavailableError
from spectron.frames import Frame, FrameReader
from spectron.models.job import Event
from spectron.models.record import read

# The server says every 15 s that it is still there.
SILENCE_SECONDS = 45.0
LAST_ATTEMPT = 8


class AsyncEvents:
    """Documents, jobs, traces and sweeps as they change."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def follow(
        self,
        *,
        context: str | None = None,
        kinds: Sequence[str] = (),
        last_event_id: str | None = None,
        connected: Callable[[], None] | None = None,
        lost: Callable[[SpectronError], None] | None = None,
    ) -> AsyncIterator[Event]:
        """Each event as it happens, until the caller stops.

        Once the server has answered, a connection that breaks is made again, as often as it takes, and goes on after
        the last event; `connected` and `lost` are told of it. An event `reset` says that some were missed meanwhile.
        """
        params = {"context": context, "kind": list(kinds)}
        failures, was_connected = 0, False
        while True:
            reader = FrameReader()
            headers = {"accept": "text/event-stream"} | ({"last-event-id": last_event_id} if last_event_id else {})
            try:
                async with self._connection.stream(
                    "GET", endpoint.path("events"), params=params, headers=headers, patience=SILENCE_SECONDS
                ) as answer:
                    failures, was_connected = 0, True
                    if connected:
                        connected()
                    async for line in answer.lines():
                        frame = reader.take(line)
                        if frame:
                            last_event_id = frame.id or last_event_id
                            yield _event(frame)
            except (TransportError, UnavailableError) as error:
                if not was_connected:
                    raise
                if lost:
                    lost(error)
            pause = self._connection.backoff.pause(failures)
            failures = min(failures + 1, LAST_ATTEMPT)
            await self._connection.sleep(max(pause, reader.retry_seconds or 0.0))


def _event(frame: Frame) -> Event:
    try:
        data: Any = json.loads(frame.data)
    except ValueError as error:
        raise ResponseError(f"An event of the server is not JSON: {frame.data[:80]!r}.") from error
    fields = data if isinstance(data, dict) else {}
    known = {"context_id": fields.get("context_id"), "at": fields.get("at")}
    return read(Event, {"id": frame.id, "kind": frame.event, "data": fields, **known})
