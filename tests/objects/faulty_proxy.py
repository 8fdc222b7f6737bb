"""A TCP proxy on loopback that misbehaves on demand."""

import asyncio
from contextlib import suppress
from typing import Self

_REFUSAL_BODY = b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"


class FaultyProxy:
    """Passes bytes to the target until told otherwise; `connections` counts those it accepted."""

    def __init__(self, target_port: int) -> None:
        self._target_port = target_port
        self.connections = 0
        self.refusals = 0
        self.refusing = False
        self.stalled = False
        self.cut_after: int | None = None
        self.cuts = 0
        self.cut_uploads_after: int | None = None
        self.pause_seconds = 0.0
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def hang_up(self) -> None:
        """Refuse new callers and end the calls that are going on."""
        self.refusing = True
        tasks = [*self._tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        try:
            if self.refusing:
                writer.transport.abort()
            elif self.refusals:
                self.refusals -= 1
                await reader.readuntil(b"\r\n\r\n")
                writer.write(
                    b"HTTP/1.1 503 Slow Down\r\nContent-Type: application/xml\r\nConnection: close\r\n"
                    b"Content-Length: %d\r\n\r\n" % len(_REFUSAL_BODY) + _REFUSAL_BODY
                )
                await writer.drain()
            elif self.stalled:
                await asyncio.Event().wait()
            else:
                await self._pass(reader, writer)
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self._target_port)
        upward = asyncio.create_task(self._pass_up(reader, there_writer, writer))
        try:
            limit = self.cut_after if self.cuts else None
            if await _copy(there_reader, writer, limit):
                self.cuts -= 1
                writer.transport.abort()
        finally:
            upward.cancel()
            with suppress(asyncio.CancelledError):
                await upward
            there_writer.close()

    async def _pass_up(
        self, reader: asyncio.StreamReader, there: asyncio.StreamWriter, here: asyncio.StreamWriter
    ) -> None:
        if await _copy(reader, there, self.cut_uploads_after, self.pause_seconds):
            here.transport.abort()
            there.transport.abort()


async def _copy(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, limit: int | None, pause: float = 0.0
) -> bool:
    """Copy until the end; True if the limit came first."""
    passed = 0
    with suppress(ConnectionError):
        while chunk := await reader.read(16384):
            passed += len(chunk)
            if limit is not None and passed > limit:
                return True
            if pause:
                await asyncio.sleep(pause)
            writer.write(chunk)
            await writer.drain()
    return False
