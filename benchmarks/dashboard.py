"""How fast the dashboard draws: a refresh of many rows, the first paint with no server, and what standing still costs.

Times are the processor's, so that a busy machine does not change them; of the first paint both are told.

python benchmarks/dashboard.py
"""

import asyncio
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from textual.app import App, ComposeResult

from spectron.profiles import Profiles
from spectron.target import Target
from spectron_tui.app import Dashboard
from spectron_tui.surroundings import Surroundings
from spectron_tui.widgets.rows import Column, Row, View
from spectron_tui.widgets.table import Table

ROWS = 10_000
ROUNDS = 20
IDLE_SECONDS = 10.0
SIZE = (120, 40)
COLUMNS = (
    Column("title", "Document"),
    Column("context", "Context", 12),
    Column("status", "Status", 11),
    Column("chunks", "Chunks", 7, right=True),
    Column("age", "Age", 4, right=True),
)


class Tabled(App[None]):
    """A table and nothing else."""

    def __init__(self) -> None:
        super().__init__()
        self.table = Table(COLUMNS)

    def compose(self) -> ComposeResult:
        yield self.table


def rows(chance: random.Random, changed: float) -> list[Row]:
    """Ten thousand documents, of which a share is other than it was."""
    return [
        Row(
            f"acme/{index:05}",
            (
                f"Document {index:05}",
                "acme-prod",
                "embedding" if chance.random() < changed else "ready",
                str(index % 90),
                "4m",
            ),
            sort=(f"document {index:05}", "acme-prod", "ready", index % 90, -float(index)),
        )
        for index in range(ROWS)
    ]


async def refresh(label: str, view: View, changed: float) -> None:
    """Apply new rows, and draw what is seen of them."""
    chance = random.Random(1)  # noqa: S311 (which rows change is no secret)
    app = Tabled()
    async with app.run_test(size=SIZE) as pilot:
        app.table.look(view)
        app.table.apply(rows(chance, changed))
        app.table.action_to(ROWS // 2)
        await pilot.pause()
        applied, drawn = [], []
        for _ in range(ROUNDS):
            fresh = rows(chance, changed)
            began = time.process_time()
            app.table.apply(fresh)
            applied.append(time.process_time() - began)
            for line in range(SIZE[1]):
                app.table.render_line(line)
            drawn.append(time.process_time() - began)
            await pilot.pause()
    print(f"{label:<34} {median(applied):8.1f} ms to apply {median(drawn):8.1f} ms with drawing")


async def typing(words: str) -> None:
    """What each letter of a filter costs, until what it leaves is drawn."""
    app = Tabled()
    async with app.run_test(size=SIZE) as pilot:
        app.table.apply(rows(random.Random(1), 0.1))  # noqa: S311 (which rows changed is no secret)
        await pilot.pause()
        seconds = []
        for end in range(1, len(words) + 1):
            began = time.process_time()
            app.table.look(View(filter=words[:end]))
            for line in range(SIZE[1]):
                app.table.render_line(line)
            seconds.append(time.process_time() - began)
            await pilot.pause()
    label = "… a letter typed into the filter"
    print(f"{label:<34} {median(seconds):8.1f} ms, {seconds[0] * 1000:.1f} ms the first, at work")


def median(seconds: list[float]) -> float:
    """In milliseconds."""
    return sorted(seconds)[len(seconds) // 2] * 1000


def dashboard(transport: Callable[[], httpx.AsyncBaseTransport]) -> Dashboard:
    """As it is opened on a server that is not there."""
    return Dashboard(
        Surroundings(
            target=Target("http://127.0.0.1:1"),
            profiles=Profiles,
            writes=False,
            now=lambda: datetime.now(UTC),
            sleep=asyncio.sleep,
            transport=transport,
            exports=Path(),
        )
    )


async def first_paint() -> None:
    """From the start of the application to a screen with all its parts, with nobody to answer."""
    began, spent = time.perf_counter(), time.process_time()
    app = dashboard(httpx.AsyncHTTPTransport)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        took, worked = time.perf_counter() - began, time.process_time() - spent
        print(f"{'first paint, no server':<34} {took * 1000:8.1f} ms, {worked * 1000:.1f} ms of them at work")


async def idle() -> None:
    """What an open overview costs while its server is away, and it asks ever more rarely."""
    app: App[Any] = dashboard(httpx.AsyncHTTPTransport)
    async with app.run_test(size=SIZE):
        await asyncio.sleep(1)
        began, spent = time.perf_counter(), time.process_time()
        await asyncio.sleep(IDLE_SECONDS)
        share = (time.process_time() - spent) / (time.perf_counter() - began)
    print(f"{'standing still, no server':<34} {share:8.2%} of one processor")


async def main() -> None:
    await first_paint()
    await refresh(f"{ROWS:,} rows, none changed", View(), 0.0)
    await refresh(f"{ROWS:,} rows, a tenth changed", View(), 0.1)
    await refresh("… sorted by a number", View(sort=3), 0.1)
    await refresh("… filtered by two words", View(filter="document 42"), 0.1)
    await typing("document 42")
    await idle()


if __name__ == "__main__":
    asyncio.run(main())
