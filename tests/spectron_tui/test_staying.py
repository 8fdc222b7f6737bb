"""The dashboard outlives its server."""

import httpx
import pytest
from textual.pilot import Pilot

from server.control.audit import SYSTEM
from spectron.profiles import Profile, Profiles
from spectron_tui.app import Dashboard
from spectron_tui.dialogs.choice import Choice
from spectron_tui.feed.panel import SIGNS, Condition
from spectron_tui.screens.context import ContextScreen
from spectron_tui.screens.overview import OverviewScreen
from spectron_tui.widgets.notice import Notice
from spectron_tui.widgets.plain import Plain
from tests.spectron_tui.surroundings import refusing, surroundings, until
from tests.support.app import App


class Switch(httpx.AsyncBaseTransport):
    """A server that goes and comes back."""

    def __init__(self, server: httpx.AsyncBaseTransport) -> None:
        self._server = server
        self.up = True

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if not self.up:
            raise httpx.ConnectError("Connection refused", request=request)
        return await self._server.handle_async_request(request)


@pytest.fixture
def switch(acme: App) -> Switch:
    return Switch(httpx.ASGITransport(acme.server.api))


def overview(pilot: Pilot[int]) -> OverviewScreen:
    screen = pilot.app.screen
    assert isinstance(screen, OverviewScreen)
    return screen


async def in_condition(pilot: Pilot[int], condition: Condition) -> str:
    """What the notice says once the Contexts are in that condition."""
    screen = overview(pilot)
    await until(pilot, lambda: screen.snapshot.tenants.condition is condition)
    notice = screen.query_one(Notice)
    return str(notice.content) if notice.display else ""


async def test_it_opens_without_a_server_and_says_so() -> None:
    dashboard = Dashboard(surroundings(refusing()))
    async with dashboard.run_test() as pilot:
        said = await in_condition(pilot, Condition.FAILED)
        assert said.startswith(f"{SIGNS[Condition.FAILED]} Can't show the Contexts")
        assert dashboard.connected is False
        assert dashboard.is_running


async def test_what_was_seen_stays_with_its_age_while_the_server_is_away(acme: App, switch: Switch) -> None:
    dashboard = Dashboard(surroundings(switch, key=acme.key, now=acme.clock.now))
    async with dashboard.run_test() as pilot:
        assert await in_condition(pilot, Condition.READY) == ""
        switch.up = False
        acme.clock.advance(240)
        await pilot.press("r")
        said = await in_condition(pilot, Condition.STALE)
        assert "of 4m ago" in said
        assert [row.key for row in overview(pilot).table.shown] == ["acme"]
        assert dashboard.connected is False
        switch.up = True
        await pilot.press("r")
        assert await in_condition(pilot, Condition.READY) == ""
        assert dashboard.connected is True


async def test_a_key_that_is_refused_is_an_answer_and_a_trouble(acme: App, switch: Switch) -> None:
    dashboard = Dashboard(surroundings(switch, key="mgmt-nobody-nothing", now=acme.clock.now))
    async with dashboard.run_test() as pilot:
        said = await in_condition(pilot, Condition.FAILED)
        assert "API key" in said
        assert dashboard.connected is True
        troubles = overview(pilot).query_one("#troubles", Plain)
        assert "can't be seen" in str(troubles.content)
        assert "Nothing is wrong" not in str(troubles.content)


async def test_a_context_that_was_deleted_is_stale_and_the_server_still_there(acme: App, switch: Switch) -> None:
    dashboard = Dashboard(surroundings(switch, key=acme.key, now=acme.clock.now))
    async with dashboard.run_test() as pilot:
        await pilot.press("2", "enter")
        dashboard.open_context("acme")
        screen = dashboard.screen
        assert isinstance(screen, ContextScreen)
        await until(pilot, lambda: screen.snapshot.context.value is not None)
        assert (await acme.http.delete("/api/v1/contexts/acme")).is_success
        await pilot.press("r")
        await until(pilot, lambda: screen.snapshot.context.condition is Condition.STALE)
        assert "The Context acme of" in str(screen.query_one("#notice", Notice).content)
        assert dashboard.connected is True


async def test_a_paused_dashboard_asks_no_more_until_it_goes_on(acme: App, switch: Switch) -> None:
    dashboard = Dashboard(surroundings(switch, key=acme.key, now=acme.clock.now))
    async with dashboard.run_test() as pilot:
        await in_condition(pilot, Condition.READY)
        await pilot.press("p")
        await acme.context("beta")
        assert dashboard.paused
        assert [row.key for row in overview(pilot).table.shown] == ["acme"]
        await pilot.press("p")
        await until(pilot, lambda: [row.key for row in overview(pilot).table.shown] == ["acme", "beta"])


async def test_a_context_that_somebody_else_deletes_stays_in_sight_and_is_said_to_be_gone(acme: App) -> None:
    dashboard = Dashboard(surroundings(httpx.ASGITransport(acme.server.api), key=acme.key, now=acme.clock.now))
    async with dashboard.run_test(size=(120, 40)) as pilot:
        await in_condition(pilot, Condition.READY)
        dashboard.open_context("acme")
        await until(pilot, lambda: isinstance(dashboard.screen, ContextScreen) and dashboard.screen.polls > 0)
        assert str(dashboard.screen.query_one("#heading", Plain).content) == "acme · active"
        await acme.http.delete("/api/v1/contexts/acme")
        await pilot.press("r")
        notice = dashboard.screen.query_one("#notice", Notice)
        await until(pilot, lambda: notice.display and "The Context is deleted" in str(notice.content))
        assert str(dashboard.screen.query_one("#heading", Plain).content) == "acme · active"


async def test_after_its_key_is_revoked_it_goes_on_with_a_profile_made_meanwhile(acme: App) -> None:
    known = Profiles()
    transport = httpx.ASGITransport(acme.server.api)
    dashboard = Dashboard(surroundings(transport, key=acme.key, now=acme.clock.now, profiles=lambda: known))
    async with dashboard.run_test(size=(120, 40)) as pilot:
        await in_condition(pilot, Condition.READY)
        key = await acme.server.control.keys.replace_management("fresh", SYSTEM, keep=lambda _: None)
        await pilot.press("r")
        assert "API key" in await in_condition(pilot, Condition.STALE)
        await pilot.press("ctrl+o")
        await until(pilot, lambda: any("There is no profile yet" in note.message for note in dashboard._notifications))
        known = known.adding("night", Profile(dashboard.target.url, key.secret))
        await pilot.press("ctrl+o")
        await until(pilot, lambda: isinstance(dashboard.screen, Choice))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(dashboard.screen, OverviewScreen))
        await in_condition(pilot, Condition.READY)
