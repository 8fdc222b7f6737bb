"""One document: its chunks and its keywords."""

import asyncio
from dataclasses import dataclass, field

from textual import on
from textual.app import ComposeResult
from textual.widgets import TabbedContent, TabPane

from spectron.models.document import Chunk, Document, Keyword
from spectron.terminal.tables import size
from spectron_tui.actions.action import Area
from spectron_tui.feed.panel import Panel
from spectron_tui.screens.tabled import TabledScreen
from spectron_tui.widgets.notice import Notice
from spectron_tui.widgets.plain import Plain
from spectron_tui.widgets.rows import Column, Row
from spectron_tui.widgets.table import Table
from spectron_tui.wording import number

CHUNKS = (
    Column("position", "#", 5, right=True),
    Column("section", "Section", 20),
    Column("tokens", "Tokens", 6, right=True),
    Column("text", "Text"),
)
KEYWORDS = (
    Column("keyword", "Keyword"),
    Column("score", "Score", 8, right=True),
)
PAGE = 200


@dataclass(frozen=True)
class Reading:
    """A document at one moment."""

    document: Panel[Document] = field(default_factory=Panel)
    chunks: Panel[tuple[Chunk, ...]] = field(default_factory=Panel)
    keywords: Panel[tuple[Keyword, ...]] = field(default_factory=Panel)


class DocumentScreen(TabledScreen[Reading]):
    """Opened from the table of documents or from a trace."""

    AREA = Area.DOCUMENT
    DEFAULT_CSS = """
    DocumentScreen #about, DocumentScreen #text { height: auto; padding: 0 1; }
    DocumentScreen #text { max-height: 10; border-top: solid $panel; }
    DocumentScreen TabPane { padding: 0; height: 1fr; }
    DocumentScreen TabbedContent { height: 1fr; }
    """

    def __init__(self, context_id: str, document_id: str) -> None:
        self._chunks = Table(CHUNKS, id="chunks")
        self._keywords = Table(KEYWORDS, id="keywords")
        super().__init__(Reading(), self._chunks, self._keywords)
        self._context_id = context_id
        self._document_id = document_id

    def body(self) -> ComposeResult:
        yield Plain(id="about")
        with TabbedContent():
            with TabPane("Chunks"):
                yield self._chunks
                yield Notice("the chunks", empty="No chunk yet.", id="chunks-notice")
                yield Plain(id="text")
            with TabPane("Keywords"):
                yield self._keywords
                yield Notice("the keywords", empty="No keyword yet.", id="keywords-notice")
        yield from self.filter_line()

    async def observe(self) -> Reading:
        now = self.dashboard.surroundings.now()
        documents = self.dashboard.admin.contexts(self._context_id).documents
        before = self.snapshot

        async def chunks() -> tuple[Chunk, ...]:
            return (await documents.chunks(self._document_id, page_size=PAGE)).items

        async def keywords() -> tuple[Keyword, ...]:
            return (await documents.keywords_of(self._document_id)).items

        return Reading(
            *await asyncio.gather(
                before.document.refreshed(lambda: documents.get(self._document_id), now),
                before.chunks.refreshed(chunks, now),
                before.keywords.refreshed(keywords, now),
            )
        )

    def failed(self) -> bool:
        return self.snapshot.document.error is not None

    def show(self) -> None:
        now = self.dashboard.surroundings.now()
        seen = self.snapshot
        self.query_one("#about", Plain).say(about(seen.document))
        self._chunks.apply([chunk_row(chunk) for chunk in seen.chunks.value or ()])
        self._keywords.apply([keyword_row(keyword) for keyword in seen.keywords.value or ()])
        self.query_one("#chunks-notice", Notice).tell(seen.chunks, now)
        self.query_one("#keywords-notice", Notice).tell(seen.keywords, now)

    @on(Table.Moved, "#chunks")
    def _read_on(self) -> None:
        row = self._chunks.row
        if self.stands:
            self.query_one("#text", Plain).say(row.document.text if row else "")


def about(panel: Panel[Document]) -> str:
    """The document in two lines."""
    document = panel.value
    if document is None:
        return panel.error or "◌ Loading the document …"
    failed = f"\n✗ {document.error}" if document.error else ""
    chunks = document.chunk_count or 0
    cut = f"\nThe first {number(PAGE)} of {number(chunks)} chunks stand below." if chunks > PAGE else ""
    return (
        f"{document.title} · {document.status} · version {document.version} · {document.mime_type or 'unknown type'} · "
        f"{size(document.size_bytes)} · {document.language or 'no language'}\n{document.id} · {document.content_hash}"
        f"{failed}{cut}"
    )


def chunk_row(chunk: Chunk) -> Row:
    return Row(
        chunk.id,
        (str(chunk.position), chunk.section or "", number(chunk.token_count), chunk.text),
        sort=(chunk.position, chunk.section or "", chunk.token_count or 0, chunk.text),
        document=chunk,
        text=chunk.text,
    )


def keyword_row(keyword: Keyword) -> Row:
    score = keyword.score or 0.0
    return Row(
        keyword.id,
        (keyword.text, f"{score:.3f}"),
        sort=(keyword.text, score),
        document=keyword,
    )
