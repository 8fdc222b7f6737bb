"""The client of the management surface."""

import asyncio
import os
import random
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

import httpx

from spectron import endpoint
from spectron.aio.connection import AsyncConnection
from spectron.aio.contexts import AsyncContexts
from spectron.aio.dumps import AsyncDumps
from spectron.aio.events import AsyncEvents
from spectron.aio.jobs import AsyncJobs
from spectron.aio.lifecycle import AsyncLifecycle
from spectron.backoff import DEFAULT_RETRIES, Backoff
from spectron.models.record import read
from spectron.models.service import Health, Ready


class AsyncSpectronManagement:
    """Administers a Spectron server.

    `url` and `api_key` default to `SPECTRON_URL` (else http://127.0.0.1:9090) and `SPECTRON_API_KEY`; most calls need a
    management key, and an empty one sends none. A request that fails is repeated up to `retries` times where that can
    help.
    """

    def __init__(
        self,
        url: str | None = None,
        api_key: str | None = None,
        *,
        timeout: float | httpx.Timeout = 30.0,
        retries: int = DEFAULT_RETRIES,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        random: Callable[[], float] = random.random,
    ) -> None:
        address = endpoint.base_url(url or os.environ.get("SPECTRON_URL") or endpoint.DEFAULT_URL)
        headers = endpoint.headers(os.environ.get("SPECTRON_API_KEY") if api_key is None else api_key)
        self._connection = AsyncConnection(
            httpx.AsyncClient(base_url=address, headers=headers, timeout=timeout, transport=transport),
            backoff=Backoff(retries=retries, random=random),
            sleep=sleep,
        )
        self.url = str(address)
        self.contexts = AsyncContexts(self._connection)
        self.lifecycle = AsyncLifecycle(self._connection)
        self.jobs = AsyncJobs(self._connection)
        self.events = AsyncEvents(self._connection)
        self.control = AsyncDumps(self._connection, "control")

    async def health(self) -> Health:
        """Whether the server lives; needs no key."""
        return read(Health, await self._connection.get(endpoint.path("health")))

    async def ready(self) -> Ready:
        """Whether the server can do its work, part by part; needs no key."""
        return read(Ready, await self._connection.get(endpoint.path("ready"), expected=frozenset({503})))

    async def metrics(self) -> str:
        """What the server counts and times, in the text format of Prometheus; needs no key."""
        text = bytearray()
        async with self._connection.stream("GET", "/metrics") as answer:
            async for piece in answer.pieces():
                text += piece
        return text.decode()

    async def aclose(self) -> None:
        """Give back the connections."""
        await self._connection.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.url}>"
