"""The recording that comes along has something to look at on every screen."""

from collections.abc import Callable
from importlib.resources import files

import pytest
from textual.pilot import Pilot

from spectron_tui.app import Dashboard
from spectron_tui.opening import DEMO, demonstrated
from spectron_tui.places import PLACES
from spectron_tui.screens.document import DocumentScreen
from spectron_tui.screens.ingestion import IngestionScreen
from spectron_tui.screens.live import LiveScreen
from spectron_tui.screens.tabled import TabledScreen
from spectron_tui.screens.trace import TraceScreen
from spectron_tui.widgets.notice import Notice
from tests.spectron_tui.demo.make import MOMENTS, STEP_SECONDS
from tests.spectron_tui.surroundings import until

MOST_BYTES = 500_000


@pytest.fixture
def demo() -> Dashboard:
    """Held at its beginning."""
    surroundings = demonstrated()
    assert surroundings.player is not None
    surroundings.player.hold()
    return Dashboard(surroundings)


def answered(dashboard: Dashboard) -> Callable[[], bool]:
    return lambda: isinstance(screen := dashboard.screen, LiveScreen) and screen.polls > 0


def opens(dashboard: Dashboard, kind: type[object]) -> Callable[[], bool]:
    return lambda: isinstance(dashboard.screen, kind) and answered(dashboard)()


def test_it_is_small_and_long_enough() -> None:
    assert files("spectron_tui").joinpath(DEMO).stat().st_size < MOST_BYTES  # type: ignore[attr-defined] # a real file
    player = demonstrated().player
    assert player is not None
    assert player.tape.flaw is None
    assert player.length.total_seconds() >= (MOMENTS - 1) * STEP_SECONDS


@pytest.mark.parametrize("place", PLACES)
async def test_each_place_shows_something_and_nothing_that_is_missing(demo: Dashboard, place: str) -> None:
    async with demo.run_test(size=(120, 40)) as pilot:
        await pilot.press(str(list(PLACES).index(place) + 1))
        await until(pilot, answered(demo))
        screen = demo.screen
        if isinstance(screen, TabledScreen):
            assert screen.table.rows
        for notice in screen.query(Notice):
            assert "recording does not show" not in str(notice.content)


async def test_a_document_and_a_trace_can_be_opened(demo: Dashboard) -> None:
    async with demo.run_test(size=(120, 40)) as pilot:
        for key, opened in (("3", DocumentScreen), ("4", TraceScreen)):
            await pilot.press(key)
            await until(pilot, answered(demo))
            await pilot.press("end" if key == "3" else "home", "enter")
            await until(pilot, opens(demo, opened))
            assert demo.connected is True
            await pilot.press("escape")


async def test_documents_are_on_their_way_in_the_middle_and_done_at_the_end(demo: Dashboard) -> None:
    player = demo.surroundings.player
    assert player is not None
    async with demo.run_test(size=(120, 40)) as pilot:
        await pilot.press("3")
        await until(pilot, answered(demo))
        begun = statuses(pilot)
        await pilot.press(*["full_stop"] * 4)
        await until(pilot, lambda: bool(statuses(pilot) - begun - {"ready", "failed"}))
        await pilot.press("greater_than_sign", "greater_than_sign")
        await until(pilot, lambda: statuses(pilot) == {"ready", "failed"})
        assert player.now() == player.tape.ends


def statuses(pilot: Pilot[int]) -> set[str]:
    screen = pilot.app.screen
    assert isinstance(screen, IngestionScreen)
    return {item.document.status for item in screen.snapshot.items.value or ()}
