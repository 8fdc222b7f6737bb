# Generated from spectron/aio by `python spectron/generate.py`; change it there.
"""The scope tree of one Context."""

from spectron import endpoint
from spectron.errors import ResponseError
from spectron.models.memory import ErasedPlace, Place
from spectron.models.record import read
from spectron.sync.connection import Connection


class Scopes:
    """Places such as `org/acme/user/alice`: registered ones, and those that records are in."""

    def __init__(self, connection: Connection, context_id: str) -> None:
        self._connection = connection
        self._path = endpoint.path(context_id, "scopes")

    def list(self) -> tuple[Place, ...]:
        """The places that the key may see."""
        answer = self._connection.get(self._path)
        if not isinstance(answer, list):
            raise ResponseError("Expected a JSON list of scopes. Are the server and this client of the same version?")
        return tuple(read(Place, each) for each in answer)

    def create(self, path: str, *, display_name: str | None = None, description: str | None = None) -> Place:
        """Register a place with a name for people; registering again updates it."""
        body = endpoint.given(path=path, display_name=display_name, description=description)
        return read(Place, self._connection.post(self._path, body))

    def remove(self, path: str) -> None:
        """Take a place off the tree; its records stay until they are forgotten."""
        self._connection.delete(self._path, {"path": path})

    def forget(self, path: str | None = None, *, dry_run: bool = False) -> ErasedPlace:
        """Erase a place and all below it for good: memory, documents, traces; with `dry_run`, count what that is.

        Without a path, the place of the key's own floor.
        """
        body = endpoint.given(path=path, dry_run=True if dry_run else None)
        return read(ErasedPlace, self._connection.post(f"{self._path}/forget", body))
