"""A whole server in this process, spoken to over HTTP without a socket."""

import asyncio
import base64
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from server.app import Server
from server.control.hashing import Hasher
from server.core.errors import UnavailableError
from server.core.ids import Ids
from server.models.local import LocalEmbedder
from server.objects.store import ObjectStore
from server.settings import Settings
from server.store.binding import Binding
from server.store.engine import Engine
from tests.support import names
from tests.support.answers import documented
from tests.support.clock import FakeClock

MASTER_KEY = base64.b64encode(b"a master key of thirty-two bytes").decode()
BASE_URL = "http://spectron.test"
CONTEXT = "acme"
EMBEDDER = LocalEmbedder()
"""Read from disk once for all servers of the process."""


class CountingHasher(Hasher):
    """Real Argon2id with the cheapest parameters, and the number of times it was paid for."""

    def __init__(self, **limits: int) -> None:
        super().__init__(memory_kib=8, time_cost=1, **limits)
        self.hashed = 0
        self.verified = 0
        self.verifying = asyncio.Event()

    async def hash(self, secret: str) -> str:
        self.hashed += 1
        return await super().hash(secret)

    async def verify(self, key_hash: str, secret: str) -> bool:
        self.verified += 1
        self.verifying.set()
        return await super().verify(key_hash, secret)


@dataclass
class App:
    """A running server with a management key; `http` sends that key along."""

    server: Server
    clock: FakeClock
    hasher: CountingHasher
    key: str
    http: httpx.AsyncClient
    _clients: AsyncExitStack
    _followed: set[Binding] = field(default_factory=set)

    async def client(self, key: str | None = None, *, address: str = "127.0.0.1") -> httpx.AsyncClient:
        """Another caller: with another key or none, from another address; closed with the server."""
        return await self._clients.enter_async_context(_client(self.server, key, address))

    async def context(self, context_id: str = CONTEXT, config: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Create a Context in a namespace of its own."""
        body = {"namespace": context_id, "database": "prod", "config": dict(config or {})}
        made = _answer(await self.http.post(f"/api/v1/contexts/{context_id}", json=body))
        binding = Binding(context_id, "prod")
        await names.follow(self.server, binding)
        self._followed.add(binding)
        return made

    async def followed(self) -> None:
        """See that names are known as the databases have them, unless a test has closed the engine or dropped them."""
        try:
            await self.server.engine.ping()
        except UnavailableError:
            return
        for binding in self._followed:
            if binding.database in await self.server.engine.databases(binding.namespace):
                await names.compare(self.server, binding)

    async def mint(self, context_id: str = CONTEXT, **values: Any) -> dict[str, Any]:
        """Mint a key of a Context: `principal`, `scope_floor` and `expires_at` as over HTTP."""
        name = values.pop("name", f"key-{self.hasher.hashed}")
        return _answer(await self.http.post(f"/api/v1/contexts/{context_id}/keys", json={"name": name, **values}))

    async def agent(self, context_id: str = CONTEXT, **values: Any) -> httpx.AsyncClient:
        """A caller with a new key of a Context."""
        return await self.client((await self.mint(context_id, **values))["secret"])


@asynccontextmanager
async def running(
    folder: Path,
    *,
    clock: FakeClock | None = None,
    engine: Engine | None = None,
    objects: ObjectStore | None = None,
    key: str = "",
    works: bool = False,
    schedules: bool = False,
    ids: Ids | None = None,
    **settings: Any,
) -> AsyncIterator[App]:
    """Start a server, in memory unless told otherwise, and stop it at the end.

    With `works` it works its queue off, and with `schedules` it does what is due by the clock. A second server on the
    same `engine` needs the `key` of the first, for only one management key is made.
    """
    clock, hasher = clock or FakeClock(), CountingHasher()
    values = {"data_dir": folder, "database_url": "memory", "master_key": MASTER_KEY} | settings
    server = Server(
        Settings.model_validate(values),
        clock=clock,
        ids=ids,
        engine=engine,
        hasher=hasher,
        objects=objects,
        embedder=EMBEDDER,
        works=works,
        schedules=schedules,
    )
    try:
        await server.start()
        minted: list[str] = []
        await server.first_keys.ensure(minted.append, None)
        key = minted[0] if minted else key
        async with AsyncExitStack() as clients:
            http = await clients.enter_async_context(_client(server, key, "127.0.0.1"))
            app = App(server, clock, hasher, key, http, clients)
            yield app
            if engine is None:
                await app.followed()
    finally:
        await server.stop()


def _client(server: Server, key: str | None, address: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(server.api, client=(address, 40_000)),
        base_url=BASE_URL,
        headers={"API-KEY": key} if key else None,
        event_hooks={"response": [documented().check]},
    )


def _answer(response: httpx.Response) -> dict[str, Any]:
    assert response.is_success, f"{response.status_code}: {response.text}"
    document: dict[str, Any] = response.json()
    return document
