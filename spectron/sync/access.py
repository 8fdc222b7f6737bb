# Generated from spectron/aio by `python spectron/generate.py`; change it there.
"""Who may do what in one Context, and who did."""

from datetime import datetime
from typing import Literal

from spectron import endpoint
from spectron.errors import ResponseError
from spectron.models.access import Accesses, Caller, Principal
from spectron.models.record import read
from spectron.sync.connection import Connection


class Access:
    """The caller, the principals that keys stand for, and what was read and written."""

    def __init__(self, connection: Connection, context_id: str) -> None:
        self._connection = connection
        self._context_id = context_id

    def me(self) -> Caller:
        """Whoever the key in use stands for, and what they may do."""
        return read(Caller, self._connection.get(self._path("me")))

    def principals(self) -> tuple[Principal, ...]:
        """The principals that the key may know of."""
        answer = self._connection.get(self._path("principals"))
        if not isinstance(answer, list):
            raise ResponseError(
                "Expected a JSON list of principals. Are the server and this client of the same version?"
            )
        return tuple(read(Principal, each) for each in answer)

    def principal(self, id: str) -> Principal:
        """One principal with its grants."""
        return read(Principal, self._connection.get(self._path("principals", id)))

    def effective(self, id: str, path: str) -> tuple[str, ...]:
        """What a principal may do at a place of the scope tree, such as `memory:read`."""
        answer = self._connection.get(self._path("principals", id, "effective"), {"path": path})
        return tuple(answer["verbs"])

    def log(
        self,
        *,
        principal: str | None = None,
        key: str | None = None,
        kind: Literal["decision", "retrieval", "response"] | None = None,
        since: datetime | str | None = None,
        until: datetime | str | None = None,
        limit: int | None = None,
    ) -> Accesses:
        """What was read and written in the key's sight, the newest first, and what was forgotten there."""
        params = {"principal": principal, "key": key, "kind": kind, "since": since, "until": until, "limit": limit}
        return read(Accesses, self._connection.get(self._path("audit"), params))

    def _path(self, *parts: str) -> str:
        return endpoint.path(self._context_id, *parts)
