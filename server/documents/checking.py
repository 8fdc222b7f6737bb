"""Whether documents, their chunks, keywords, originals and jobs agree."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from surrealdb import RecordID

from server.control.contexts import Open
from server.core.findings import Findings
from server.core.scope import Scope
from server.documents.catalogue import DELETION, Catalogue
from server.documents.document import FINAL, Document
from server.documents.job import DocumentQueue
from server.documents.originals import Originals
from server.index.checking import Expected
from server.index.chunk import id_of
from server.objects.store import ObjectStore
from server.store.engine import Database, Row
from server.store.scoped import scope_of
from server.store.walking import walk

UNATTENDED, HALF_DELETED = "document.unattended", "document.half_deleted"
ORIGINAL_MISSING, ORIGINAL_DAMAGED, ORIGINAL_ORPHANED = "original.missing", "original.damaged", "original.orphaned"
CHUNKS, KEYWORDS = "document.chunks", "document.keywords"
CHUNK_LEFT, CHUNK_ORPHANED = "chunk.left_behind", "chunk.orphaned"
EDGE, COUNT = "keyword_edge.dangling", "keyword.document_count"

CHUNK_COLUMNS = "document, version, position, char_start, char_end, string::len(text) AS length, scope"


@dataclass
class Held:
    """What the tables hold of one document."""

    current: list[Row] = field(default_factory=list)
    left: int = 0
    edges: list[Row] = field(default_factory=list)


class DocumentCheck:
    """Looks at everything that belongs to the documents of a Context."""

    def __init__(self, catalogue: Catalogue, queue: DocumentQueue, originals: Originals, objects: ObjectStore) -> None:
        self._catalogue = catalogue
        self._queue = queue
        self._originals = originals
        self._objects = objects

    async def check(self, opened: Open, findings: Findings) -> Expected:
        """Report what does not agree; answers the chunks that are to be found."""
        # Asked for first: whatever has ended until then has left nothing behind.
        at_work = await self._queue.at_work(opened)
        documents = {one.id: one async for one in self._catalogue.every(opened.database)}
        held = {one: Held() for one in documents}
        await _sort_chunks(opened.database, documents, held, findings)
        await _sort_edges(opened.database, held, findings)
        for one, document in documents.items():
            findings.look("documents", document.scope)
            if document.attempt == DELETION:
                detail = "Its deletion was begun and not finished."
                findings.report(HALF_DELETED, one, detail, document.scope)
                continue
            if one not in at_work:
                _check_rest(document, held[one], findings)
            _check_chunks(document, held[one].current, findings)
            _check_keywords(document, held[one].edges, findings)
        await self._check_originals(opened, documents, findings)
        return {id_of(row["id"]): scope_of(row["scope"]) for one in held.values() for row in one.current}

    async def _check_originals(self, opened: Open, documents: dict[str, Document], findings: Findings) -> None:
        sizes = {stored.key: stored.size async for stored in self._objects.list(f"{opened.context.id}/")}
        findings.checked["originals"] += len(sizes) if findings.admits(None) else 0
        for document in documents.values():
            size = sizes.get(document.storage_key)
            if document.attempt == DELETION or size == document.size_bytes:
                continue
            if size is None:
                detail = f"The object store holds no {document.storage_key!r}; upload the file again."
                findings.report(ORIGINAL_MISSING, document.id, detail, document.scope)
            else:
                detail = f"The original has {size} bytes instead of {document.size_bytes}; upload the file again."
                findings.report(ORIGINAL_DAMAGED, document.id, detail, document.scope)
        for orphan in await self._originals.orphans(opened.context.id, opened.database):
            findings.report(ORIGINAL_ORPHANED, orphan.key, "No document refers to this original.", None)


async def _sort_chunks(
    database: Database, documents: dict[str, Document], held: dict[str, Held], findings: Findings
) -> None:
    async for row in walk(database, "knowledge_chunk", CHUNK_COLUMNS):
        scope = scope_of(row["scope"])
        findings.look("chunks", scope)
        owner: RecordID = row["document"]
        document = documents.get(str(owner.id))
        if document is None:
            findings.report(CHUNK_ORPHANED, row["id"], f"Its document {owner.id!r} is not there.", scope)
        elif row["version"] == document.seen_version:
            held[document.id].current.append(row)
        else:
            held[document.id].left += 1


async def _sort_edges(database: Database, held: dict[str, Held], findings: Findings) -> None:
    counts: Counter[str] = Counter()
    edges = [row async for row in walk(database, "knowledge_has_keyword", "in, out, scope")]
    nodes = {str(row["id"].id) async for row in walk(database, "keyword", "")}
    uses = {str(row["id"].id): row["documents"] async for row in walk(database, "keyword_use", "documents")}
    for row in edges:
        scope = scope_of(row["scope"])
        findings.look("keyword_edges", scope)
        document, keyword = str(row["in"].id), str(row["out"].id)
        counts[keyword] += 1
        if document in held:
            held[document].edges.append(row)
        if document not in held or keyword not in nodes:
            detail = f"It leads from the document {document!r} to the keyword {keyword!r}, of which one is not there."
            findings.report(EDGE, row["id"], detail, scope)
    for keyword in sorted(nodes | uses.keys()):
        findings.look("keywords", None)
        if keyword not in nodes:
            findings.report(COUNT, keyword, "Documents are counted for it, and it is not there.", None)
        elif (said := uses.get(keyword, 0)) != counts[keyword]:
            detail = f"It counts {said} documents, but {counts[keyword]} refer to it."
            findings.report(COUNT, keyword, detail, None)


def _check_rest(document: Document, held: Held, findings: Findings) -> None:
    """What must not be there when nobody works on a document."""
    if document.status not in FINAL:
        detail = f"It is {document.status}, and no job works on it."
        findings.report(UNATTENDED, document.id, detail, document.scope)
    if held.left:
        detail = f"{held.left} chunks of other versions than {document.seen_version} were left behind."
        findings.report(CHUNK_LEFT, document.id, detail, document.scope)


def _check_chunks(document: Document, rows: Sequence[Row], findings: Findings) -> None:
    count = document.chunk_count
    wrong: str | None = None
    if document.status == "ready" and count is None:
        wrong = "It is ready without a number of chunks."
    elif [row["position"] for row in rows] != list(range(count or 0)):
        wrong = f"It counts {count} chunks, but those at hand are {_some([row['position'] for row in rows])}."
    elif bad := [row["position"] for row in rows if row["char_end"] - row["char_start"] != row["length"]]:
        wrong = f"The offsets of its chunks {_some(bad)} do not fit their texts."
    elif any(later["char_start"] <= row["char_start"] for row, later in pairwise(rows)):
        wrong = "Its chunks are not in the order of the text."
    elif bad := [row["position"] for row in rows if scope_of(row["scope"]) != document.scope]:
        wrong = f"Its chunks {_some(bad)} have another scope than it has."
    if wrong:
        findings.report(CHUNKS, document.id, wrong, document.scope)


def _check_keywords(document: Document, edges: Sequence[Row], findings: Findings) -> None:
    wrong: str | None = None
    if len(edges) != (document.keyword_count or 0):
        wrong = f"It counts {document.keyword_count} keywords, but {len(edges)} edges lead to keywords."
    elif any(_scope(edge) != document.scope for edge in edges):
        wrong = "The edges to its keywords have another scope than it has."
    if wrong:
        findings.report(KEYWORDS, document.id, wrong, document.scope)


def _scope(row: Row) -> Scope:
    return scope_of(row["scope"])


def _some(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers[:8])) + (", and more" if len(numbers) > 8 else "") if numbers else "none"  # noqa: PLR2004
