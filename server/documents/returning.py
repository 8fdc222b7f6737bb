"""Originals that come back, from a backup or another Context, under the documents that refer to them."""

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing

from blake3 import blake3

from server.core.errors import NotFoundError, UnprocessableError
from server.documents.catalogue import DELETION
from server.objects.store import ObjectStore
from server.store.engine import Database
from server.store.walking import walk


class ReturningOriginals:
    """Stores originals of documents that are in the database already, and says which are missing."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    async def keep(self, database: Database, document: str, pieces: AsyncIterator[bytes]) -> str | None:
        """Store the original of a document; its key, or None where it is there already, or no document is.

        `UnprocessableError` if these are not the bytes that were uploaded.
        """
        row = await database.row(
            "SELECT storage_key, content_hash FROM type::record('document', $id)", {"id": document}
        )
        if row is None or await self._digest(row["storage_key"]) == row["content_hash"]:
            async for _ in pieces:
                continue
            return None
        stored = await self._objects.put(row["storage_key"], pieces)
        if stored.digest != row["content_hash"]:
            await self._objects.delete(stored.key)
            raise UnprocessableError(
                f"What came as the original of {document[:80]!r} is not what was uploaded; take another copy of it."
            )
        return stored.key

    async def copied(self, database: Database, former: str, context_id: str) -> AsyncIterator[str]:
        """Copy the originals of another Context to where the documents of this one expect them; the keys written."""
        async for row in walk(database, "document", "storage_key"):
            name = row["storage_key"].removeprefix(f"{context_id}/")
            try:
                key = await self.keep(database, str(row["id"].id), self._objects.open(f"{former}/{name}"))
            except NotFoundError:
                continue  # the other Context lacks it too, and `missing` tells
            if key:
                yield key

    async def missing(self, context_id: str, database: Database) -> tuple[int, list[str]]:
        """How many documents there are, and the ids of those whose original is not in the store."""
        sizes = {found.key: found.size async for found in self._objects.list(f"{context_id}/")}
        total, missing = 0, []
        async for row in walk(database, "document", "storage_key, size_bytes, attempt"):
            if row["attempt"] != DELETION:
                total += 1
                if sizes.get(row["storage_key"]) != row["size_bytes"]:
                    missing.append(str(row["id"].id))
        return total, missing

    async def discard(self, keys: Sequence[str]) -> None:
        """Take away what was stored for a Context that did not come to be."""
        for key in keys:
            await self._objects.delete(key)

    async def _digest(self, key: str) -> str | None:
        """The BLAKE3 hash of what is there."""
        digest = blake3()
        try:
            async with aclosing(self._objects.open(key)) as pieces:
                async for piece in pieces:
                    digest.update(piece)
        except NotFoundError:
            return None
        return digest.hexdigest()
