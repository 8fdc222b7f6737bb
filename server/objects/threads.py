"""A bounded pool of threads for calls that block."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Closeable(Protocol):
    """Something that holds on to a resource until it is closed."""

    def close(self) -> None: ...


File = TypeVar("File", bound=Closeable | None)


class Threads:
    """Runs blocking calls beside the event loop, at most `size` at a time."""

    def __init__(self, size: int, name: str) -> None:
        self._executor = ThreadPoolExecutor(size, thread_name_prefix=name)

    async def run(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The call's result.

        A cancelled caller still waits for the call to end: no file or connection that the call uses may be closed
        beneath it.
        """
        future = asyncio.get_running_loop().run_in_executor(self._executor, lambda: call(*args, **kwargs))
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            await asyncio.wait([future])
            raise

    async def open(self, call: Callable[P, File], *args: P.args, **kwargs: P.kwargs) -> File:
        """The same for a call that opens something: what a cancelled caller does not get is closed."""
        opening = asyncio.ensure_future(self.run(call, *args, **kwargs))
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            await asyncio.wait({opening})
            opened: Closeable | None = None if opening.cancelled() or opening.exception() else opening.result()
            if opened is not None:
                opened.close()
            raise

    def close(self) -> None:
        self._executor.shutdown(wait=False, cancel_futures=True)
