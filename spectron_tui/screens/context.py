"""One Context: its keys, config, measures, retention and audit."""

from typing import ClassVar

import yaml
from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import TabbedContent, TabPane

from spectron.errors import SpectronError
from spectron.models.key import Key
from spectron_tui.actions.action import Area
from spectron_tui.actions.bindings import bindings, of
from spectron_tui.dialogs.asking import Asking
from spectron_tui.dialogs.form import Field, Form
from spectron_tui.dialogs.naming import Naming
from spectron_tui.dialogs.secret import Secret
from spectron_tui.feed.tenancy import Tenancy, observe
from spectron_tui.screens.tabled import TabledScreen
from spectron_tui.sheets.context import audit_rows, config_rows, heading, key_rows, measures, retention
from spectron_tui.transport.noting import noting
from spectron_tui.widgets.notice import Notice
from spectron_tui.widgets.plain import Plain
from spectron_tui.widgets.rows import Column
from spectron_tui.widgets.table import Table

WIDE = 110
KEYS = (
    Column("name", "Name"),
    Column("principal", "Principal", 10),
    Column("floor", "Scope floor", 20),
    Column("state", "State", 8),
    Column("used", "Used", 6, right=True),
    Column("id", "Id", 16, from_width=WIDE),
)
CONFIG = (Column("setting", "Setting", 34), Column("value", "Value"), Column("source", "From", 8))
AUDIT = (
    Column("when", "When", 6, right=True),
    Column("kind", "Kind", 12),
    Column("action", "Action", 16),
    Column("outcome", "Outcome", 9),
    Column("target", "Target"),
    Column("id", "Event", 29, from_width=WIDE),
)
MINT = (
    Field("name", "Name", "checkout-agent"),
    Field("principal", "Principal: agent or supervisor", "agent", "agent"),
    Field("floor", "Scope floor", "org/acme/user/alice", required=False),
)


class ContextScreen(TabledScreen[Tenancy]):
    """Opened from a table; Escape goes back to it."""

    AREA = Area.CONTEXT
    BINDINGS: ClassVar[list[BindingType]] = bindings(of(Area.CONTEXT))
    DEFAULT_CSS = """
    ContextScreen TabPane { padding: 0; height: 1fr; }
    ContextScreen TabbedContent { height: 1fr; }
    ContextScreen .sheet, ContextScreen #heading { padding: 0 1; }
    ContextScreen #heading { height: 1; text-style: bold; }
    """

    def __init__(self, id: str) -> None:
        self._keys = Table(KEYS, id="keys")
        self._config = Table(CONFIG, id="config")
        self._audit = Table(AUDIT, id="audit")
        super().__init__(Tenancy(), self._keys, self._config, self._audit)
        self.context_id = id

    def body(self) -> ComposeResult:
        yield Plain(self.context_id, id="heading")
        yield Notice(f"the Context {self.context_id}", empty="", id="notice")
        with TabbedContent():
            with TabPane("Keys"):
                yield self._keys
                yield Notice("the keys", empty="No key yet. Press m to mint one.", id="keys-notice")
            with TabPane("Config"):
                yield self._config
            with TabPane("Measures"):
                yield Plain(id="measures", classes="sheet")
            with TabPane("Retention"):
                yield Plain(id="retention", classes="sheet")
            with TabPane("Audit"):
                yield self._audit
                yield Notice("the audit", empty="Nothing was done or refused yet.", id="audit-notice")
        yield from self.filter_line()

    async def observe(self) -> Tenancy:
        handle = self.dashboard.admin.contexts(self.context_id)
        return await observe(handle, self.snapshot, self.dashboard.surroundings.now())

    def failed(self) -> bool:
        return self.snapshot.context.error is not None

    def show(self) -> None:
        now = self.dashboard.surroundings.now()
        seen = self.snapshot
        self.query_one("#heading", Plain).say(heading(self.context_id, seen.context.value))
        self.query_one("#notice", Notice).tell(seen.context, now)
        self.query_one("#keys-notice", Notice).tell(seen.keys, now)
        self.query_one("#audit-notice", Notice).tell(seen.audit, now)
        self._keys.apply(key_rows(seen.keys.value or (), now))
        self._config.apply(config_rows(seen.context.value))
        self._audit.apply(audit_rows(seen.audit.value or (), now))
        self.query_one("#measures", Plain).say(measures(seen))
        self.query_one("#retention", Plain).say(retention(seen.retention))

    @work(exclusive=True, group="change")
    async def action_context_mint(self) -> None:
        given = await self.app.push_screen_wait(Form(f"Mint a key of {self.context_id}", MINT, "Mint", unmintable))
        if given is None:
            return
        try:
            key = await self.dashboard.admin.contexts(self.context_id).keys.create(
                name=given["name"],
                principal="supervisor" if given["principal"] == "supervisor" else "agent",
                scope_floor=scope(given["floor"]),
            )
        except SpectronError as error:
            self.dashboard.report(error)
            return
        await self.app.push_screen_wait(Secret(key.name, key.secret))
        self.ask()

    @work(exclusive=True, group="change")
    async def action_context_rotate(self) -> None:
        key = self._key()
        if key is None:
            return
        consequence = "It gets a new secret, shown once. Whoever uses the old one is refused from that moment on."
        if not await self.app.push_screen_wait(Asking(f"Rotate {key.name}?", consequence, "Rotate")):
            return
        try:
            with noting() as requests:
                minted = await self.dashboard.admin.contexts(self.context_id).keys.rotate(key.id)
        except SpectronError as error:
            self.dashboard.report(error)
            return
        await self.app.push_screen_wait(Secret(minted.name, minted.secret))
        await self.dashboard.tell_of_change(f"Rotated {key.name}.", self.context_id, requests)
        self.ask()

    @work(exclusive=True, group="change")
    async def action_context_revoke(self) -> None:
        key = self._key()
        if key is None:
            return
        consequence = (
            f"Whoever uses it is refused at once, and for good.\n"
            f"Stays: what was written with it, and the key itself in the audit.\n"
            f"Principal {key.principal}, id {key.id}."
        )
        if not await self.app.push_screen_wait(Naming(f"Revoke {key.name}?", consequence, key.name, "Revoke")):
            return
        try:
            with noting() as requests:
                await self.dashboard.admin.contexts(self.context_id).keys.revoke(key.id)
            await self.dashboard.tell_of_change(f"Revoked {key.name}.", self.context_id, requests)
        except SpectronError as error:
            self.dashboard.report(error)
        self.ask()

    @work(exclusive=True, group="change")
    async def action_context_edit(self) -> None:
        row = self._config.row if self._config.has_focus else None
        fields = (
            Field("setting", "Setting", "token_limit", row.cells[0] if row else ""),
            Field("value", "Value; nothing takes the Context's own value away", "1000000", required=False),
        )
        given = await self.app.push_screen_wait(Form(f"Config of {self.context_id}", fields, "Save"))
        if given is None:
            return
        try:
            await self.dashboard.admin.contexts(self.context_id).update(config=nested(given["setting"], given["value"]))
        except SpectronError as error:
            self.dashboard.report(error)
        else:
            self.notify(f"{given['setting']} is in force for the next request.", markup=False)
        self.ask()

    def _key(self) -> Key | None:
        document = self._keys.row.document if self._keys.row is not None else None
        return document if isinstance(document, Key) else None


def unmintable(given: dict[str, str]) -> str | None:
    """What is wrong with what was filled in."""
    if given["principal"] not in {"agent", "supervisor"}:
        return "A key acts as an agent or as a supervisor."
    if given["floor"] and len(given["floor"].strip("/").split("/")) % 2:
        return "A scope floor is pairs of a name and a value: org/acme/user/alice."
    return None


def scope(path: str) -> dict[str, str] | None:
    """`org/acme/user/alice` as attributes."""
    parts = path.strip("/").split("/")
    return dict(zip(parts[::2], parts[1::2], strict=True)) if path else None


def nested(setting: str, value: str) -> dict[str, object]:
    """`cache.semantic_ttl_seconds` and `60` as the document that a PATCH takes."""
    document: object = yaml.safe_load(value) if value else None
    for name in reversed(setting.split(".")):
        document = {name: document}
    return document if isinstance(document, dict) else {}
