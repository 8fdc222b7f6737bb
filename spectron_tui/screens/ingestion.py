"""Documents on their way to being searchable."""

import asyncio
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType

from spectron.errors import SpectronError
from spectron.models.document import Document
from spectron.terminal.tables import size
from spectron_tui.actions.action import Area
from spectron_tui.actions.bindings import bindings, of
from spectron_tui.dialogs.form import Field, Form
from spectron_tui.dialogs.naming import Naming
from spectron_tui.feed.ingestion import FAILED, READY, Ingestion, Item, observe, throughput
from spectron_tui.screens.document import DocumentScreen
from spectron_tui.screens.tabled import TabledScreen
from spectron_tui.widgets.notice import Notice
from spectron_tui.widgets.plain import Plain
from spectron_tui.widgets.rows import Column, Row
from spectron_tui.widgets.spark import meter, sparkline
from spectron_tui.widgets.table import Table
from spectron_tui.wording import age, number

WIDE = 100
COLUMNS = (
    Column("title", "Document"),
    Column("context", "Context", 14),
    Column("status", "Status", 11),
    Column("progress", "Progress", 14),
    Column("chunks", "Chunks", 7, right=True, from_width=WIDE),
    Column("size", "Size", 9, right=True, from_width=WIDE),
    Column("age", "Age", 4, right=True),
)
EVERYTHING = 1.0
LONGEST_NAME = 60


class IngestionScreen(TabledScreen[Ingestion]):
    """The newest documents, failures first, each with its stage."""

    AREA = Area.INGESTION
    EVERY = 1.5
    KINDS = ("document", "job")
    BINDINGS: ClassVar[list[BindingType]] = bindings(of(Area.INGESTION))
    DEFAULT_CSS = """
    IngestionScreen #counts { height: auto; padding: 0 1; }
    IngestionScreen #reason { height: auto; max-height: 4; padding: 0 1; color: $error; }
    """

    def __init__(self, *, filter: str = "") -> None:
        super().__init__(Ingestion(), Table(COLUMNS, id="documents"), filter=filter)

    def body(self) -> ComposeResult:
        yield Plain(id="counts")
        yield self.table
        yield Plain(id="reason")
        yield Notice("the documents", empty="No document yet. Press u to upload some.")
        yield from self.filter_line()

    async def observe(self) -> Ingestion:
        dashboard = self.dashboard
        return await observe(dashboard.admin, self.snapshot, dashboard.target.context, dashboard.surroundings.now())

    def failed(self) -> bool:
        return self.snapshot.items.error is not None

    def show(self) -> None:
        now = self.dashboard.surroundings.now()
        items = self.snapshot.items.value or ()
        counts = self.snapshot.counts
        told = ", ".join(f"{number(count)} {status}" for status, count in sorted(counts.items()))
        if sum(counts.values()) > len(items):
            told += f"; {number(len(items))} of them below"
        if self.snapshot.items.value is None:
            told = "-"
        self.query_one("#counts", Plain).say(
            f"{self.dashboard.target.context or 'all Contexts'}: {told or 'none'}\n"
            f"ready, last hour {sparkline(throughput(items, now), 60)}"
        )
        self.table.apply(
            [
                Row(
                    item.key,
                    (
                        item.document.title,
                        item.context_id,
                        item.document.status,
                        progress(item),
                        number(item.document.chunk_count),
                        size(item.document.size_bytes),
                        age(item.document.created_at, now),
                    ),
                    sort=(
                        item.document.title.casefold(),
                        item.context_id,
                        item.document.status,
                        share(item),
                        item.document.chunk_count or 0,
                        item.document.size_bytes,
                        -item.document.created_at.timestamp(),
                    ),
                    document=item.document,
                    style="bold" if item.document.status == FAILED else "",
                )
                for item in items
            ]
        )
        self.query_one(Notice).tell(self.snapshot.items, now)
        self._explain()

    @on(Table.Moved)
    def _explain(self) -> None:
        if not self.stands:
            return
        item = self._item()
        reason = self.query_one("#reason", Plain)
        reason.display = bool(item and item.reason)
        if item and item.reason:
            reason.say(f"✗ {item.document.title}: {item.reason}")

    @on(Table.Opened)
    def action_ingestion_open(self) -> None:
        item = self._item()
        if item is not None:
            self.app.push_screen(DocumentScreen(item.context_id, item.document.id))

    @work(exclusive=True, group="change")
    async def action_ingestion_upload(self) -> None:
        fields = (
            Field("context", "Context", "acme-prod", self.dashboard.target.context or ""),
            Field("path", "File or folder", "/srv/handbook"),
            Field("scope", "Scope", "org/acme", required=False),
        )
        given = await self.app.push_screen_wait(Form("Upload documents", fields, "Upload", unreadable))
        if given is None:
            return
        documents = self.dashboard.admin.contexts(given["context"]).documents
        paths = await asyncio.to_thread(files, given["path"])
        sent = same = 0
        for path in paths:
            try:
                upload = await documents.upload(path, scope=given["scope"] or None)
            except (SpectronError, OSError) as error:
                self.notify(f"{path.name}: {error}", title="Not uploaded", severity="error", timeout=15, markup=False)
                continue
            sent += 1
            same += upload.deduplicated
            self.ask()
        known = f", {same} of them were there already" if same else ""
        self.notify(f"Uploaded {sent} of {len(paths)}{known}.", timeout=10, markup=False)

    @work(exclusive=True, group="change")
    async def action_ingestion_retry(self) -> None:
        chosen = self._chosen()
        for item in chosen:
            try:
                await self.dashboard.admin.contexts(item.context_id).documents.reprocess(item.document.id)
            except SpectronError as error:
                self.dashboard.report(error)
                return
        if chosen:
            self.notify(f"{len(chosen)} will be processed once more.")
        self.ask()

    @work(exclusive=True, group="change")
    async def action_ingestion_delete(self) -> None:
        item = self._item()
        if item is None:
            return
        document = item.document
        consequence = (
            f"Goes, for good: the original ({size(document.size_bytes)}), {number(document.chunk_count)} chunks, "
            f"and keywords that no other document holds.\nStays: facts that conversations told of it, and backups."
        )
        name = typeable(document)
        if await self.app.push_screen_wait(Naming(f"Delete {document.title}?", consequence, name, "Delete")):
            try:
                gone = await self.dashboard.admin.contexts(item.context_id).documents.delete(document.id)
                self.dashboard.tell(f"Deleted {document.title}. Audit event {gone.audit_id}.")
            except SpectronError as error:
                self.dashboard.report(error)
        self.ask()

    def _item(self) -> Item | None:
        key = self.table.row.key if self.table.row else None
        return next((item for item in self.snapshot.items.value or () if item.key == key), None)

    def _chosen(self) -> list[Item]:
        keys = {row.key for row in self.table.chosen}
        return [item for item in self.snapshot.items.value or () if item.key in keys]


def typeable(document: Document) -> str:
    """The title, where it can be typed, else the id."""
    title = document.title
    return title if title.isprintable() and len(title) <= LONGEST_NAME else document.id


def progress(item: Item) -> str:
    """A bar of ten, and the stage's percentage where it is known."""
    if item.document.status == READY:
        return "✓"
    if item.document.status == FAILED:
        return "✗"
    return f"{meter(share(item), EVERYTHING, 10)} {share(item) * 100:.0f}%"


def share(item: Item) -> float:
    """How much of a document is done."""
    if item.document.status == READY:
        return EVERYTHING
    return item.progress[0] / item.progress[1] if item.progress else 0.0


def unreadable(given: dict[str, str]) -> str | None:
    """What is wrong with the path."""
    path = Path(given["path"]).expanduser()
    return None if path.exists() else f"There is nothing at {path}."


def files(named: str) -> list[Path]:
    """The file itself, or every file below the folder that is not hidden."""
    path = Path(named).expanduser()
    if not path.is_dir():
        return [path]
    found = [one for one in path.rglob("*") if one.is_file()]
    return sorted(one for one in found if not any(part.startswith(".") for part in one.relative_to(path).parts))
