"""The originals of documents in the object store, and those that belong to no document."""

from collections.abc import Mapping
from datetime import timedelta

from server.core.clock import Clock
from server.documents.uploads import Uploads
from server.objects.store import ObjectStat, ObjectStore
from server.store.engine import Database

CHECKED_AT_ONCE = 500
# What is still being written must be let alone.
UNFINISHED_AGE = timedelta(hours=1)


class Originals:
    """The objects of a Context: counted, removed with it, and tidied of what belongs to nobody, as a sweep's chore.

    An original is stored before its document is, so that one without a document may have one in a moment. Uploads of
    this process are known; for those of others an original must have had no document for the time of `grace`.
    """

    name = "originals"

    def __init__(self, objects: ObjectStore, uploads: Uploads, clock: Clock, *, grace: timedelta) -> None:
        self._objects = objects
        self._uploads = uploads
        self._clock = clock
        self._grace = grace
        self._orphaned_since: dict[str, float] = {}

    async def orphans(self, context_id: str, database: Database) -> list[ObjectStat]:
        """Originals that no document refers to and no upload of this process is about to."""
        found: list[ObjectStat] = []
        batch: list[ObjectStat] = []
        async for stored in self._objects.list(f"{context_id}/"):
            batch.append(stored)
            if len(batch) == CHECKED_AT_ONCE:
                found += await self._without_document(database, batch)
                batch = []
        return found + await self._without_document(database, batch)

    async def tidy(self, context_id: str, database: Database) -> int:
        """Delete the orphans whose time has come, and what unfinished writes left behind; says how many there were."""
        prefix, now = f"{context_id}/", self._clock.monotonic()
        found = [orphan.key for orphan in await self.orphans(context_id, database)]
        before = {key: since for key, since in self._orphaned_since.items() if key.startswith(prefix)}
        for key in before.keys() - set(found):
            del self._orphaned_since[key]
        removed = 0
        for key in found:
            if now - self._orphaned_since.setdefault(key, now) >= self._grace.total_seconds():
                await self._objects.delete(key)
                del self._orphaned_since[key]
                removed += 1
        await self._objects.clear_unfinished(self._clock.now() - UNFINISHED_AGE)
        return removed

    # What a Context owns outside its database, for its deletion.

    async def count(self, context_id: str) -> Mapping[str, int]:
        sizes = [found.size async for found in self._objects.list(f"{context_id}/")]
        return {"objects": len(sizes), "object_bytes": sum(sizes)}

    async def remove(self, context_id: str) -> None:
        await self._objects.delete_prefix(f"{context_id}/")

    # Where the originals of documents lie that came from another Context.

    async def adopt(self, database: Database, former: str, context_id: str) -> None:
        """Expect the originals of another Context's documents under this one's own prefix."""
        await database.write(
            """UPDATE document SET storage_key = $after + string::slice(storage_key, string::len($before))
                WHERE string::starts_with(storage_key, $before) RETURN NONE""",
            {"before": f"{former}/", "after": f"{context_id}/"},
        )

    async def _without_document(self, database: Database, stored: list[ObjectStat]) -> list[ObjectStat]:
        # In this order: uploads that are still under way are spared, and one that has just ended has made its document
        # before the documents are asked for.
        expected = set(self._uploads.under_way)
        rows = await database.rows(
            "SELECT storage_key FROM document WHERE storage_key IN $keys", {"keys": [one.key for one in stored]}
        )
        kept = {row["storage_key"] for row in rows}
        return [one for one in stored if one.key not in expected and one.key not in kept]
