"""One trace as a tree: the query, its candidates with their scores, and what was returned."""

import json
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen
from textual.widgets import Tree
from textual.widgets.tree import TreeNode

from spectron.models.trace import Trace
from spectron.terminal.tables import plain as spelled_out
from spectron_tui.actions.action import Area
from spectron_tui.actions.bindings import bindings, of
from spectron_tui.feed.panel import Panel
from spectron_tui.screens.document import DocumentScreen
from spectron_tui.screens.entity import EntityScreen
from spectron_tui.screens.live import LiveScreen
from spectron_tui.screens.tabled import plain
from spectron_tui.widgets.notice import Notice
from spectron_tui.wording import milliseconds

DOCUMENT = "document:"
Detail = Panel[Trace]
Opens = Callable[[str], Screen[None]]
"""The screen of what a line cites, in the Context of the trace."""


class TraceScreen(LiveScreen[Detail]):
    """Opened from the table of traces; a document in it opens with Enter."""

    AREA = Area.TRACE
    EVERY = 30.0
    BINDINGS: ClassVar[list[BindingType]] = bindings(of(Area.TRACE))
    DEFAULT_CSS = "TraceScreen Tree { height: 1fr; padding: 0 1; }"

    def __init__(self, context_id: str, trace_id: str) -> None:
        super().__init__(Panel())
        self._context_id = context_id
        self._trace_id = trace_id
        self._tree: Tree[Opens] = Tree("Trace", id="trace")
        self._shown: Trace | None = None

    def body(self) -> ComposeResult:
        yield self._tree
        yield Notice("the trace", empty="")

    def main(self) -> Tree[Opens]:
        return self._tree

    async def observe(self) -> Detail:
        traces = self.dashboard.admin.contexts(self._context_id).traces
        return await self.snapshot.refreshed(lambda: traces.get(self._trace_id), self.dashboard.surroundings.now())

    def failed(self) -> bool:
        return self.snapshot.error is not None

    def show(self) -> None:
        self.query_one(Notice).tell(self.snapshot, self.dashboard.surroundings.now())
        trace = self.snapshot.value
        if trace is None or trace == self._shown:
            return
        self._shown = trace
        self._tree.clear()
        grow(self._tree.root, trace)
        self._tree.root.expand_all()

    @on(Tree.NodeSelected)
    def _open(self, event: Tree.NodeSelected[Opens]) -> None:
        if event.node.data is not None:
            self.app.push_screen(event.node.data(self._context_id))

    def action_trace_open(self) -> None:
        self._tree.action_select_cursor()

    def action_trace_copy_id(self) -> None:
        self.app.copy_to_clipboard(self._trace_id)
        self.notify("Copied the id of the trace.")

    def action_trace_copy_json(self) -> None:
        trace = self.snapshot.value
        if trace is not None:
            self.app.copy_to_clipboard(json.dumps(plain(trace), indent=2))
            self.notify("Copied the trace as JSON.")


def grow(root: TreeNode[Opens], trace: Trace) -> None:
    """Everything about a trace, one branch a question an operator has."""
    root.set_label(_text(f"{trace.kind or 'trace'} · {milliseconds(trace.duration_ms)} · {trace.id}"))
    if trace.query:
        root.add_leaf(_text(f"asked: {trace.query}"))
    reason = f": {trace.tier_reason}" if trace.tier_reason else ""
    root.add_leaf(_text(f"tier {trace.tier or '-'}{reason}{' (cached)' if trace.cached else ''}"))
    root.add_leaf(_text(f"by {trace.principal or '-'} with key {trace.api_key_id or '-'}"))
    if trace.model:
        root.add_leaf(_text(f"model {trace.model}, {trace.token_cost} tokens"))
    returned = set(trace.returned)
    candidates = root.add(f"candidates ({len(trace.candidates)})")
    for candidate in trace.candidates:
        sign = "●" if candidate.get("id") in returned else "○"
        candidates.add_leaf(
            _text(f"{sign} {candidate.get('score', 0):.3f}  {candidate.get('id')}  {signals(candidate)}")
        )
    _branch(root, "returned", trace.returned)
    _branch(root, "sources", trace.sources)
    _branch(root, "turns", [_line(turn) for turn in trace.turns])
    entities = root.add(f"entities ({len(trace.entities)})") if trace.entities else root
    for entity in trace.entities:
        entities.add_leaf(_text(f"→ {_line(entity)}"), data=_entity(str(entity.get("type")), str(entity.get("name"))))
    documents = root.add(f"documents ({len(trace.documents)})") if trace.documents else root
    for document in trace.documents:
        opens = _document(str(document.get("id", "")).removeprefix(DOCUMENT))
        documents.add_leaf(_text(f"→ {_line(document)}"), data=opens)
    _branch(root, "written", [f"{name}: {value}" for name, value in trace.written.items()])


def signals(candidate: Mapping[str, Any]) -> str:
    """What each signal gave a candidate."""
    return " ".join(f"{name} {value:.2f}" for name, value in (candidate.get("signals") or {}).items())


def _document(id: str) -> Opens:
    return lambda context_id: DocumentScreen(context_id, id)


def _entity(entity_type: str, name: str) -> Opens:
    return lambda context_id: EntityScreen(context_id, entity_type, name)


def _text(words: str) -> Text:
    """What nobody has checked: a query can hold anything."""
    return Text(spelled_out(words))


def _branch(root: TreeNode[Opens], label: str, lines: Any) -> None:
    if lines:
        branch = root.add(f"{label} ({len(lines)})")
        for line in lines:
            branch.add_leaf(_text(str(line)))


def _line(linked: Mapping[str, Any]) -> str:
    said = next((str(linked[name]) for name in ("text", "content", "title", "name") if linked.get(name)), "")
    return f"{linked.get('id', '-')}  {said}"
