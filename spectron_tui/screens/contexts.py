"""The table of Contexts: create, open, delete."""

from datetime import datetime
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType

from spectron.errors import SpectronError
from spectron.models.context import Context, DeletionPreview
from spectron.terminal.tables import moment, size
from spectron_tui.actions.action import Area
from spectron_tui.actions.bindings import bindings, of
from spectron_tui.dialogs.form import Field, Form
from spectron_tui.dialogs.naming import Naming
from spectron_tui.feed.panel import Panel
from spectron_tui.screens.tabled import TabledScreen
from spectron_tui.transport.noting import noting
from spectron_tui.widgets.notice import Notice
from spectron_tui.widgets.rows import Column, Row
from spectron_tui.widgets.table import Table
from spectron_tui.wording import age, number

WIDE = 140
COLUMNS = (
    Column("context", "Context"),
    Column("namespace", "Namespace", 16),
    Column("database", "Database", 16),
    Column("state", "State", 9),
    Column("embedding", "Embedding", 24, from_width=WIDE),
    Column("limit", "Token limit", 13, right=True, from_width=WIDE),
    Column("schema", "Schema", 6, right=True, from_width=WIDE),
    Column("created", "Created", 16, from_width=WIDE),
    Column("age", "Age", 5, right=True),
)
NEW = (
    Field("id", "Id", "acme-prod"),
    Field("namespace", "Namespace", "acme"),
    Field("database", "Database", "prod"),
)

Contexts = Panel[tuple[Context, ...]]


class ContextsScreen(TabledScreen[Contexts]):
    """Every Context of the server."""

    AREA = Area.CONTEXTS
    BINDINGS: ClassVar[list[BindingType]] = bindings(of(Area.CONTEXTS))
    EVERY = 5.0

    def __init__(self, *, filter: str = "") -> None:
        super().__init__(Panel(), Table(COLUMNS, id="contexts"), filter=filter)

    def body(self) -> ComposeResult:
        yield self.table
        yield Notice("the Contexts", empty="There is no Context yet. Press n to create one.")
        yield from self.filter_line()

    async def observe(self) -> Contexts:
        return await self.snapshot.refreshed(self._all, self.dashboard.surroundings.now())

    def failed(self) -> bool:
        return self.snapshot.error is not None

    def show(self) -> None:
        now = self.dashboard.surroundings.now()
        self.table.apply([context_row(context, now) for context in self.snapshot.value or ()])
        self.query_one(Notice).tell(self.snapshot, now)

    @on(Table.Opened)
    def action_contexts_open(self) -> None:
        if self.table.row is not None:
            self.dashboard.open_context(self.table.row.key)

    @work(exclusive=True, group="change")
    async def action_contexts_create(self) -> None:
        given = await self.app.push_screen_wait(Form("Create a Context", NEW, "Create"))
        if given is None:
            return
        try:
            made = await self.dashboard.admin.contexts.create(
                id=given["id"], namespace=given["namespace"], database=given["database"]
            )
        except SpectronError as error:
            self.dashboard.report(error)
            return
        self.notify(f"Created {made.id}. Press Enter on it, then m, to mint a key.", markup=False)
        self.ask()

    @work(exclusive=True, group="change")
    async def action_contexts_delete(self) -> None:
        row = self.table.row
        if row is None:
            return
        handle = self.dashboard.admin.contexts(row.key)
        try:
            preview = await handle.delete(dry_run=True)
            if await self.app.push_screen_wait(Naming(f"Delete {row.key}?", deletion(preview), row.key, "Delete")):
                with noting() as requests:
                    await handle.delete()
                await self.dashboard.tell_of_change(f"Deleted {row.key}.", row.key, requests)
        except SpectronError as error:
            self.dashboard.report(error)
        self.ask()

    async def _all(self) -> tuple[Context, ...]:
        return tuple([context async for context in self.dashboard.admin.contexts.iterate()])


def context_row(context: Context, now: datetime) -> Row:
    """A Context on a line."""
    embedding = str(context.config.get("models", {}).get("embedding") or "-")
    limit: int | None = context.config.get("token_limit")
    schema = context.schema.get("version")
    place = (context.id, context.namespace, context.database, context.state, embedding)
    return Row(
        context.id,
        (*place, number(limit), number(schema), moment(context.created_at) or "-", age(context.created_at, now)),
        sort=(*place, limit or 0, schema or 0, context.created_at.timestamp(), -context.created_at.timestamp()),
        document=context,
    )


def deletion(preview: DeletionPreview) -> str:
    """What goes and what stays, in words."""
    rows = sum(preview.tables.values())
    return (
        f"Goes, for good:\n"
        f"  the database {preview.namespace}/{preview.database} with {number(rows)} rows\n"
        f"  {number(preview.keys)} keys and {number(preview.jobs)} jobs\n"
        f"  {number(preview.objects)} originals, {size(preview.object_bytes)}\n"
        f"Stays: the namespace {preview.namespace}, other Contexts, backups, the audit."
    )
