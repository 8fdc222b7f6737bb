"""A dashboard that looks at everything, so that all of it is in a recording."""

import asyncio
from dataclasses import replace
from typing import Any

from textual.pilot import Pilot
from textual.widgets import Static, TextArea

from spectron_tui.app import Dashboard
from spectron_tui.feed.tracing import Narrowing
from spectron_tui.places import PLACES
from spectron_tui.screens.context import ContextScreen
from spectron_tui.screens.document import DocumentScreen
from spectron_tui.screens.ingestion import IngestionScreen
from spectron_tui.screens.live import LiveScreen
from spectron_tui.screens.retention import PAUSE, RetentionScreen
from spectron_tui.screens.trace import TraceScreen
from spectron_tui.screens.traces import TracesScreen

EDITED = "# context 30d org/acme\ncontext 3d user/ana\nunknowns 60d\nknowledge 2w\n"
NARROWED = (Narrowing(tier="direct"), Narrowing(tier="hybrid"), Narrowing(kind="query"))
PATIENCE = 3000
OPENED = 20


class Tour:
    """Goes round once for each moment of the recording; what was opened once is opened again when it has changed."""

    def __init__(self, dashboard: Dashboard, pilot: Pilot[int], contexts: tuple[str, ...]) -> None:
        self._dashboard = dashboard
        self._pilot = pilot
        self._contexts = contexts
        self._opened: dict[str, str] = {}

    async def round(self) -> None:
        """Every place, and every document and trace that is new."""
        for place in PLACES:
            await self._dashboard.run_action(f"go_{place}")
            await self._answered()
        await self._open_documents()
        await self._open_traces()

    async def details(self) -> None:
        """Every Context by itself, some traces alone, an edit of the policies, and what a sweep would take."""
        for context in self._contexts:
            await self._opening(ContextScreen(context))
            await self._choose(context)
            for place in ("ingestion", "traces", "retention"):
                await self._dashboard.run_action(f"go_{place}")
                await self._answered()
            await self._dashboard.admin.lifecycle.expire(dry_run=True, contexts=[context])
            await self._dashboard.admin.contexts(context).delete(dry_run=True)
        await self._choose(None)
        await self._dashboard.run_action("go_traces")
        traces = self._dashboard.screen
        assert isinstance(traces, TracesScreen)
        for narrowing in (*NARROWED, Narrowing()):
            traces.narrowing = narrowing
            await self._answered()
        await self._edit(self._contexts[0])

    async def _edit(self, context: str) -> None:
        await self._choose(context)
        await self._dashboard.run_action("go_retention")
        await self._answered()
        retention = self._dashboard.screen
        assert isinstance(retention, RetentionScreen)
        await self._dashboard.run_action("retention_edit", retention)
        retention.query_one(TextArea).text = EDITED
        await self._pilot.pause(2 * PAUSE)
        shown = retention.query_one("#impact", Static)
        for _ in range(PATIENCE):
            if "deleted" in str(shown.content):
                break
            await self._pilot.pause(0.002)
        else:
            raise AssertionError("the edit was not previewed")
        retention.query_one(TextArea).text = retention._untouched
        await self._choose(None)

    async def _open_documents(self) -> None:
        await self._dashboard.run_action("go_ingestion")
        screen = self._dashboard.screen
        assert isinstance(screen, IngestionScreen)
        for item in screen.snapshot.items.value or ():
            state = f"{item.document.status} {item.document.chunk_count}"
            if self._opened.get(item.key) != state:
                self._opened[item.key] = state
                await self._opening(DocumentScreen(item.context_id, item.document.id))

    async def _open_traces(self) -> None:
        await self._dashboard.run_action("go_traces")
        screen = self._dashboard.screen
        assert isinstance(screen, TracesScreen)
        for traced in (screen.snapshot.traces.value or ())[:OPENED]:
            if traced.key not in self._opened:
                self._opened[traced.key] = "seen"
                await self._opening(TraceScreen(traced.context_id, traced.trace.id))

    async def _choose(self, context: str | None) -> None:
        self._dashboard.target = replace(self._dashboard.target, context=context)

    async def _opening(self, screen: LiveScreen[Any]) -> None:
        await self._dashboard.push_screen(screen)
        await self._answered()
        self._dashboard.pop_screen()
        await self._pilot.pause()

    async def _answered(self) -> None:
        """Wait until the screen shows what the server says now."""
        screen = self._dashboard.screen
        assert isinstance(screen, LiveScreen)
        before = screen.polls
        screen.ask()
        for _ in range(PATIENCE):
            if screen.polls > before:
                return
            await asyncio.sleep(0.002)
        raise AssertionError(f"{screen} was not answered")
