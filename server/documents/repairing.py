"""Putting right what an examination found about documents, as far as that loses nothing."""

from collections.abc import Sequence

from surrealdb import RecordID

from server.control.contexts import Open
from server.core.errors import ConflictError
from server.core.findings import Problem, of_kinds
from server.documents import checking
from server.documents.catalogue import Catalogue
from server.documents.document import FINAL
from server.documents.job import DocumentQueue
from server.documents.originals import Originals
from server.documents.pipeline import Note, Pipeline
from server.documents.removal import Removal
from server.documents.uploads import Uploads
from server.index.writes import IndexWrites
from server.store.engine import Database
from server.store.walking import walk

AT_ONCE = 200

# A document that is gone never comes back, so that nobody writes what is deleted here.
DELETE_CHUNKS = "DELETE $chunks RETURN NONE"
DELETE_EDGES = "DELETE $edges RETURN NONE"

# Whoever adds or removes an edge counts it too: one of both transactions is run again. A keyword that is not there is
# made with the next edge to it, if nothing counts it.
COUNT_AGAIN = """LET $there = array::len((SELECT VALUE id FROM $keyword)) = 1;
LET $count = array::len($keyword<-knowledge_has_keyword);
IF $there AND $count > 0 {
    UPSERT $use SET documents = $count RETURN NONE
} ELSE {
    DELETE $use RETURN NONE;
    DELETE $keyword RETURN NONE
}"""


class DocumentRepair:
    """Finishes what was cut short, takes away what belongs to nothing, and makes anew what can be made anew."""

    def __init__(
        self,
        catalogue: Catalogue,
        queue: DocumentQueue,
        uploads: Uploads,
        pipeline: Pipeline,
        removal: Removal,
        originals: Originals,
        index: IndexWrites,
    ) -> None:
        self._catalogue = catalogue
        self._queue = queue
        self._uploads = uploads
        self._pipeline = pipeline
        self._removal = removal
        self._originals = originals
        self._index = index

    async def repair(self, opened: Open, problems: Sequence[Problem]) -> set[Problem]:
        """Repair what can be; answers the problems that were put right, or will be once their jobs have run."""
        database = opened.database
        done = set(of_kinds(problems, checking.HALF_DELETED, checking.UNATTENDED))
        await self._removal.resume(opened)
        await self._queue.enqueue_missing(opened, await self._catalogue.unfinished(database))
        if edges := of_kinds(problems, checking.EDGE):
            await self._delete_edges(database, {problem.id for problem in edges})
            done.update(edges)
        if chunks := of_kinds(problems, checking.CHUNK_ORPHANED):
            await self._delete_chunks(database, {problem.id for problem in chunks})
            done.update(chunks)
        for problem in of_kinds(problems, checking.CHUNK_LEFT):
            await self._pipeline.process(opened, problem.id, _unreported)
            done.add(problem)
        # Before anything is made anew, which counts on what it finds.
        for problem in of_kinds(problems, checking.COUNT):
            variables = {"keyword": RecordID("keyword", problem.id), "use": RecordID("keyword_use", problem.id)}
            await database.write(COUNT_AGAIN, variables, repeatable=True)
            done.add(problem)
        lost = {problem.id for problem in of_kinds(problems, checking.ORIGINAL_MISSING, checking.ORIGINAL_DAMAGED)}
        for problem in of_kinds(problems, checking.CHUNKS, checking.KEYWORDS):
            if problem.id not in lost and await self._made_anew(opened, problem.id):
                done.add(problem)
        orphans = of_kinds(problems, checking.ORIGINAL_ORPHANED)
        if orphans:
            await self._originals.tidy(opened.context.id, database)
            left = {orphan.key for orphan in await self._originals.orphans(opened.context.id, database)}
            done.update(problem for problem in orphans if problem.id not in left)
        return done

    async def _made_anew(self, opened: Open, document_id: str) -> bool:
        document = await self._catalogue.find(opened.database, document_id)
        if document is None or document.status not in FINAL:
            return document is not None
        try:
            await self._uploads.reprocess(opened, document)
        except ConflictError:  # somebody else has it processed already
            return True
        return True

    async def _delete_edges(self, database: Database, ids: set[str]) -> None:
        found = [row["id"] async for row in walk(database, "knowledge_has_keyword", "") if str(row["id"]) in ids]
        for begin in range(0, len(found), AT_ONCE):
            await database.write(DELETE_EDGES, {"edges": found[begin : begin + AT_ONCE]}, repeatable=True)

    async def _delete_chunks(self, database: Database, ids: set[str]) -> None:
        found = [row["id"] async for row in walk(database, "knowledge_chunk", "") if str(row["id"]) in ids]
        for begin in range(0, len(found), AT_ONCE):
            chunks = found[begin : begin + AT_ONCE]
            await database.write(DELETE_CHUNKS, {"chunks": chunks}, repeatable=True)
            await self._index.chunks_removed(database, chunks)


def _unreported(note: Note) -> None:
    """What is only tidied has no progress to tell."""
