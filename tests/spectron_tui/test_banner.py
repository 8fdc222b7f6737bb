"""The first lines say where one is and what one may do, however narrow the terminal is."""

import pytest

from spectron_tui.app import Dashboard
from spectron_tui.widgets.banner import Banner
from tests.spectron_tui.surroundings import Sent, surroundings, until
from tests.support.app import App


async def test_a_place_bears_the_key_that_was_chosen_for_it(acme: App, sent: Sent) -> None:
    dashboard = Dashboard(surroundings(sent, key=acme.key), keys={"go.traces": "z"})
    async with dashboard.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert " 3 Ingestion z Traces 5 Retention" in dashboard.screen.query_one(Banner).render_line(0).text
        await pilot.press("z")
        await until(pilot, lambda: dashboard.place == "traces")


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
async def test_place_and_mode_are_in_sight_at_any_width(looking: Dashboard, width: int) -> None:
    async with looking.run_test(size=(width, 10)) as pilot:
        await pilot.press("3")
        await until(pilot, lambda: looking.place == "ingestion")
        await pilot.pause()
        banner = looking.screen.query_one(Banner)
        said = [banner.render_line(line).text for line in range(banner.size.height)]
        assert " 3 Ingestion " in said[0]
        assert " 7" in said[0]
        assert "READ-ONLY" in said[-1]


async def test_a_click_on_a_number_goes_there_where_names_have_no_room(looking: Dashboard) -> None:
    async with looking.run_test(size=(40, 10)) as pilot:
        await pilot.pause()
        where = looking.screen.query_one(Banner).render_line(0).text.index("2")
        await pilot.click(offset=(where, 0))
        await until(pilot, lambda: looking.place == "contexts")


async def test_a_pause_is_said_at_once(looking: Dashboard) -> None:
    async with looking.run_test(size=(80, 24)) as pilot:
        await pilot.press("p")
        await pilot.pause()
        assert "‖ PAUSED" in looking.screen.query_one(Banner).render_line(1).text
