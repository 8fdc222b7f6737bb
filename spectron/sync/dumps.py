# Generated from spectron/aio by `python spectron/generate.py`; change it there.
"""Dumps: out of a deployment and into it, streamed both ways."""

from collections.abc import Iterable, Iterator
from typing import Literal

from spectron import endpoint
from spectron.models.dump import Digest, Loaded
from spectron.models.record import read
from spectron.sync.connection import Connection

Form = Literal["blocks", "literals"]

# The server may think for a while between two pieces of a dump, and longer over one that it has received.
PIECE_SECONDS = 300.0
LOADING_SECONDS = 6 * 3600.0


class Dumps:
    """Dumps of one Context, or of the control plane."""

    def __init__(self, connection: Connection, *segments: str) -> None:
        self._connection = connection
        self._segments = segments

    def export(self, *, form: Form | None = None) -> Iterator[bytes]:
        """All of it as SurrealQL, as of one moment, piece by piece.

        Rows are encoded `blocks`, small and quick, unless they shall be `literals` that people can read. A dump that
        breaks off raises an error; it can't be gone on with, for the moment has passed.
        """
        path = endpoint.path(*self._segments, "export")
        with self._connection.stream(
            "GET", path, params={"format": form}, headers={"accept": "*/*"}, patience=PIECE_SECONDS
        ) as answer:
            for piece in answer.pieces():
                yield piece

    def digest(self) -> Digest:
        """How many rows each table has now, and their digest; read as a whole, which takes as long as an export."""
        path = endpoint.path(*self._segments, "digest")
        return read(Digest, self._connection.get(path, patience=LOADING_SECONDS))

    def import_(self, dump: Iterable[bytes]) -> Loaded:
        """Load a dump into what is empty, wholly or not at all; answered when everything is there and verified."""
        path = endpoint.path(*self._segments, "import")
        return read(Loaded, self._connection.load(path, dump, patience=LOADING_SECONDS))
