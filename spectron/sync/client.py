# Generated from spectron/aio by `python spectron/generate.py`; change it there.
"""The client of the management surface."""

import os
import random
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

import httpx

from spectron import endpoint
from spectron.backoff import DEFAULT_RETRIES, Backoff
from spectron.models.record import read
from spectron.models.service import Health, Ready
from spectron.sync.connection import Connection
from spectron.sync.contexts import Contexts
from spectron.sync.dumps import Dumps
from spectron.sync.events import Events
from spectron.sync.jobs import Jobs
from spectron.sync.lifecycle import Lifecycle


class SpectronManagement:
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
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
        random: Callable[[], float] = random.random,
    ) -> None:
        address = endpoint.base_url(url or os.environ.get("SPECTRON_URL") or endpoint.DEFAULT_URL)
        headers = endpoint.headers(os.environ.get("SPECTRON_API_KEY") if api_key is None else api_key)
        self._connection = Connection(
            httpx.Client(base_url=address, headers=headers, timeout=timeout, transport=transport),
            backoff=Backoff(retries=retries, random=random),
            sleep=sleep,
        )
        self.url = str(address)
        self.contexts = Contexts(self._connection)
        self.lifecycle = Lifecycle(self._connection)
        self.jobs = Jobs(self._connection)
        self.events = Events(self._connection)
        self.control = Dumps(self._connection, "control")

    def health(self) -> Health:
        """Whether the server lives; needs no key."""
        return read(Health, self._connection.get(endpoint.path("health")))

    def ready(self) -> Ready:
        """Whether the server can do its work, part by part; needs no key."""
        return read(Ready, self._connection.get(endpoint.path("ready"), expected=frozenset({503})))

    def metrics(self) -> str:
        """What the server counts and times, in the text format of Prometheus; needs no key."""
        text = bytearray()
        with self._connection.stream("GET", "/metrics") as answer:
            for piece in answer.pieces():
                text += piece
        return text.decode()

    def close(self) -> None:
        """Give back the connections."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.url}>"
