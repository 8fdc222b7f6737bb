# Generated from spectron/aio by `python spectron/generate.py`; change it there.
"""API keys of one Context."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from spectron import endpoint
from spectron.models.key import Key, MintedKey
from spectron.models.record import Page, read, read_page
from spectron.sync.connection import Connection

Principal = Literal["agent", "supervisor"]


class Keys:
    """The keys of one Context."""

    def __init__(self, connection: Connection, context_id: str) -> None:
        self._connection = connection
        self._context_id = context_id

    def create(
        self,
        *,
        name: str,
        principal: Principal = "agent",
        scope_floor: Mapping[str, str] | None = None,
        expires_at: datetime | str | None = None,
    ) -> MintedKey:
        """Mint a key that reaches nothing outside `scope_floor`, by default the caller's own.

        The secret is in this answer alone.
        """
        body: dict[str, Any] = {"name": name, "principal": principal}
        if scope_floor is not None:
            body["scope_floor"] = dict(scope_floor)
        if expires_at is not None:
            body["expires_at"] = endpoint.timestamp(expires_at)
        return read(MintedKey, self._connection.post(self._path(), body))

    def list(self) -> Page[Key]:
        """Every key, without secrets."""
        return read_page(Key, self._connection.get(self._path()), key="keys")

    def get(self, id: str) -> Key:
        """One key, without its secret."""
        return read(Key, self._connection.get(self._path(id)))

    def rotate(self, id: str) -> MintedKey:
        """Give the key a new secret; the old one is dead at once."""
        return read(MintedKey, self._connection.post(self._path(id, "rotate")))

    def revoke(self, id: str) -> Key:
        """Make the key unusable for good, and keep it for audit."""
        return read(Key, self._connection.post(self._path(id, "revoke")))

    def delete(self, id: str) -> None:
        """Remove the key without a trace but its audit events."""
        self._connection.delete(self._path(id))

    def _path(self, *segments: str) -> str:
        return endpoint.path("contexts", self._context_id, "keys", *segments)
