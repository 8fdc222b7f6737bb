"""Makes the recordings of the demo and of an empty server: `python -m tests.spectron_tui.demo.make`."""

import asyncio
import random
import sys
import tempfile
from pathlib import Path

import httpx

from server.core.ids import seeded
from server.observe import logs
from server.store.embedded import REST_SECONDS
from spectron_tui.app import Dashboard
from spectron_tui.recording.answer import Header
from spectron_tui.recording.recorder import Recorder
from tests.spectron_tui.demo.tour import Tour
from tests.spectron_tui.demo.world import BANK, LAB, SHOP, Held, Ticking, World
from tests.spectron_tui.surroundings import surroundings
from tests.support.app import running

URL = "http://demo.spectron"
TREE = Path(__file__).parents[3]
READABLE = 0o644
MOMENTS = 8
STEP_SECONDS = 15.0


async def make(file: Path, folder: Path) -> None:
    """Let a real server live through the story of the demo, and record a dashboard that looks at it."""
    chance = random.Random(7)
    store = Held(folder / "objects")
    async with running(
        folder, clock=Ticking(chance), ids=seeded("demo"), objects=store, works=True, log_level="error"
    ) as app:
        world = World(app, store, chance)
        await world.begin()
        await world.history()
        recorder = Recorder(file, Header(URL, app.clock.now()))
        transport = httpx.ASGITransport(app.server.api)
        dashboard = Dashboard(surroundings(transport, key=app.key, now=app.clock.now, recorder=recorder, url=URL))
        async with dashboard.run_test(size=(120, 40)) as pilot:
            tour = Tour(dashboard, pilot, (SHOP, BANK, LAB))
            for moment in range(MOMENTS):
                await world.going_on(moment)
                await tour.round()
                if moment == 0:
                    await tour.details()
                app.clock.advance(STEP_SECONDS)
            await pilot.pause()


async def make_empty(file: Path, folder: Path) -> None:
    """Record what a dashboard sees of a server that nobody has used yet."""
    async with running(folder, ids=seeded("empty"), log_level="error") as app:
        recorder = Recorder(file, Header(URL, app.clock.now()))
        transport = httpx.ASGITransport(app.server.api)
        dashboard = Dashboard(surroundings(transport, key=app.key, now=app.clock.now, recorder=recorder, url=URL))
        async with dashboard.run_test(size=(120, 40)) as pilot:
            await Tour(dashboard, pilot, ()).round()
            await pilot.pause()


async def _make(demo: Path, empty: Path) -> None:
    for making, file in ((make, demo), (make_empty, empty)):
        file.unlink(missing_ok=True)
        with tempfile.TemporaryDirectory() as folder:
            await making(file, Path(folder))
        file.chmod(READABLE)
    await asyncio.sleep(REST_SECONDS)


if __name__ == "__main__":
    logs.configure("error", "json", sys.stderr)
    asyncio.run(_make(TREE / "spectron_tui" / "demo.recording", TREE / "tests/spectron_tui/pictures/empty.recording"))
