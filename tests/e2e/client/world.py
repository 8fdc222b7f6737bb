"""The server that a client talks to, and the keys it talks with."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Literal

from spectron import SpectronManagement
from tests.e2e.client.caller import Caller, Calls, made


@dataclass(frozen=True)
class World:
    """A Context for one kind of client; each chapter has an organisation of its own in it."""

    admin: SpectronManagement
    kind: str
    url: str
    calls: Calls
    client_name: str = "memory"

    @property
    def context_id(self) -> str:
        return f"{self.client_name}-{self.kind}"

    def create(self) -> None:
        self.admin.contexts.create(id=self.context_id, namespace=self.client_name, database=self.kind)

    def mint(self, name: str, floor: dict[str, str], principal: Literal["agent", "supervisor"] = "supervisor") -> Any:
        """A key, with its secret and its id."""
        keys = self.admin.contexts(self.context_id).keys
        return keys.create(name=f"{name} {self.kind}", principal=principal, scope_floor=floor)

    @asynccontextmanager
    async def client(self, key: str, **options: Any) -> AsyncIterator[Caller]:
        """A client that is closed with the block."""
        client = made(self.kind, self.calls, context=self.context_id, endpoint=self.url, api_key=key, **options)
        try:
            yield client
        finally:
            await client.close()

    @asynccontextmanager
    async def organisation(self, name: str) -> AsyncIterator[tuple[Caller, str]]:
        """A supervisor's client for one organisation, and the id of a key that it may act for."""
        key, deputy = self.mint(name, {"org": name}), self.mint(f"{name} deputy", {"org": name})
        async with self.client(key.secret) as client:
            yield client, deputy.id
