"""A line between two programs that a test cuts or slows down."""

import asyncio
import threading
from types import TracebackType
from typing import Self

from tests.objects.faulty_proxy import FaultyProxy


class Relay:
    """Passes everything on to a port; while it is `cut` nobody gets through, nor stays."""

    def __init__(self, target_port: int) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._proxy = FaultyProxy(target_port)
        asyncio.run_coroutine_threadsafe(self._proxy.__aenter__(), self._loop).result()
        self.port = self._proxy.port

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Refuse everybody from now on."""
        asyncio.run_coroutine_threadsafe(self._proxy.__aexit__(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def cut(self) -> None:
        """Refuse who comes, and hang up on who is there."""
        asyncio.run_coroutine_threadsafe(self._proxy.hang_up(), self._loop).result()

    def mend(self) -> None:
        """Let everybody through again."""
        self._proxy.refusing = False

    def slow_down(self, seconds: float) -> None:
        """Hold back each piece of what new callers send for so long."""
        self._proxy.pause_seconds = seconds
