"""Answers from a recording instead of a server."""

import httpx

from spectron.errors import SpectronError
from spectron_tui.recording.answer import asked
from spectron_tui.recording.player import Player


class NotRecordedError(SpectronError):
    """A question that nobody asked while the recording was made."""


class ReplayTransport(httpx.AsyncBaseTransport):
    """What was answered at the moment that the player shows; nothing leaves the process."""

    def __init__(self, player: Player) -> None:
        self._player = player

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        question = asked(request)
        if question is None:
            raise NotRecordedError("A recording can't be changed.")
        tape = self._player.tape
        answer = tape.answer(question, self._player.now())
        if answer is None:
            first = tape.first(question)
            when = f" before {first:%H:%M:%S}; go forward with ." if first else ": nobody looked at it then."
            raise NotRecordedError(f"The recording does not show this{when}")
        if answer.status is None:
            raise httpx.ConnectError(answer.body, request=request)
        return httpx.Response(answer.status, headers={"content-type": answer.kind}, content=answer.body.encode())
