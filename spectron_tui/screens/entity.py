"""One entity: what is believed of it, what was believed before, and how it belongs to others."""

import asyncio
from dataclasses import dataclass, field

from textual.app import ComposeResult
from textual.widgets import TabbedContent, TabPane

from spectron.aio.context import AsyncContextHandle
from spectron.models.belief import Attribute, EntityDetail, Relation
from spectron_tui.actions.action import Area
from spectron_tui.feed.panel import Panel
from spectron_tui.screens.tabled import TabledScreen
from spectron_tui.sheets.context import floor
from spectron_tui.widgets.notice import Notice
from spectron_tui.widgets.plain import Plain
from spectron_tui.widgets.rows import Column, Row
from spectron_tui.widgets.table import Table
from spectron_tui.wording import age

ATTRIBUTES = (
    Column("key", "Key", 18),
    Column("value", "Value"),
    Column("state", "State", 9),
    Column("since", "Since", 5, right=True),
    Column("until", "Until", 5, right=True),
    Column("scope", "Scope", 18),
)
RELATIONS = (
    Column("subject", "Who", 24),
    Column("label", "Is", 18),
    Column("object", "What"),
    Column("since", "Since", 5, right=True),
)
KEYS = 30
"""Of how many keys the history is asked for."""


@dataclass(frozen=True)
class Known:
    """An entity at one moment."""

    detail: Panel[EntityDetail] = field(default_factory=Panel)
    values: Panel[tuple[Attribute, ...]] = field(default_factory=Panel)
    """The values of each key, those before the present one too."""


class EntityScreen(TabledScreen[Known]):
    """Opened from a trace that cites it; Escape goes back."""

    AREA = Area.ENTITY
    EVERY = 10.0
    DEFAULT_CSS = """
    EntityScreen #about { height: auto; padding: 0 1; }
    EntityScreen TabPane { padding: 0; height: 1fr; }
    EntityScreen TabbedContent { height: 1fr; }
    """

    def __init__(self, context_id: str, entity_type: str, name: str) -> None:
        self._attributes = Table(ATTRIBUTES, id="attributes")
        self._relations = Table(RELATIONS, id="relations")
        super().__init__(Known(), self._attributes, self._relations)
        self._context_id = context_id
        self.entity = entity_type, name

    def body(self) -> ComposeResult:
        yield Plain(id="about")
        with TabbedContent():
            with TabPane("Attributes"):
                yield self._attributes
                yield Notice("the attributes", empty="Nothing is known of it.", id="attributes-notice")
            with TabPane("Relations"):
                yield self._relations
                yield Notice("the relations", empty="It belongs to nothing that is known.", id="relations-notice")
        yield from self.filter_line()

    async def observe(self) -> Known:
        now = self.dashboard.surroundings.now()
        handle = self.dashboard.admin.contexts(self._context_id)
        detail = await self.snapshot.detail.refreshed(lambda: handle.entities.get(*self.entity), now)
        values = await self.snapshot.values.refreshed(lambda: self._values(handle, detail.value), now)
        return Known(detail, values)

    def failed(self) -> bool:
        return self.snapshot.detail.error is not None

    def show(self) -> None:
        now = self.dashboard.surroundings.now()
        detail = self.snapshot.detail
        self.query_one("#about", Plain).say(about(detail, self.entity))
        self._attributes.apply(
            [
                Row(
                    value.id,
                    (
                        value.key,
                        value.value,
                        "current" if value.valid_until is None and value.superseded_by is None else "before",
                        age(value.valid_from, now),
                        age(value.valid_until, now),
                        floor(value.scope),
                    ),
                    document=value,
                    text=value.value,
                    style="" if value.valid_until is None and value.superseded_by is None else "dim",
                )
                for value in self.snapshot.values.value or ()
            ]
        )
        relations = detail.value.relations if detail.value is not None else None
        self._relations.apply([relation_row(one, age(one.valid_from, now)) for one in relations or ()])
        self.query_one("#attributes-notice", Notice).tell(self.snapshot.values, now)
        self.query_one("#relations-notice", Notice).tell(Panel(relations, detail.taken_at, detail.error), now)

    async def _values(self, handle: AsyncContextHandle, detail: EntityDetail | None) -> tuple[Attribute, ...]:
        """Key by key, the present value first."""
        keys = sorted({attribute.key for attribute in detail.attributes}) if detail is not None else []
        pages = await asyncio.gather(*(handle.entities.history(*self.entity, key) for key in keys[:KEYS]))
        return tuple(value for page in pages for value in reversed(page.items))


def about(panel: Panel[EntityDetail], named: tuple[str, str]) -> str:
    """The entity in a line or two."""
    name = f"{named[0]}/{named[1]}"
    if panel.value is None:
        return f"{name}: {panel.error}" if panel.error else f"◌ Loading {name} …"
    entity = panel.value.entity
    aliases = f" · also {', '.join(entity.aliases)}" if entity.aliases else ""
    return f"{name} · {entity.memory_category or 'no category'} · scope {floor(entity.scope)}{aliases}\n{entity.id}"


def relation_row(relation: Relation, since: str) -> Row:
    return Row(relation.id, (relation.subject, relation.label, relation.object, since), document=relation)
