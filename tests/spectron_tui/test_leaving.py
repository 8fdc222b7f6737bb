"""Screens and the dashboard are left at any moment: before a screen stands, and in the middle of a poll."""

import asyncio
import gc
import random

import httpx
import pytest

from spectron_tui.app import Dashboard
from spectron_tui.opening import demo_tape
from spectron_tui.places import PLACES
from spectron_tui.recording.player import Player
from spectron_tui.screens.live import LiveScreen
from spectron_tui.transport.replay import ReplayTransport
from tests.spectron_tui.surroundings import refusing, surroundings, until

STEPS = 12
MOMENTS = (0.0, 0.001, 0.004, 0.01, 0.03)
OPENING = ("contexts_open", "traces_open", "ingestion_open", "app_back", "app_context")


class Dawdling(httpx.AsyncBaseTransport):
    """Takes its time over each answer, so that there is a middle to leave in."""

    def __init__(self, transport: httpx.AsyncBaseTransport, chance: random.Random) -> None:
        self._transport = transport
        self._chance = chance

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(self._chance.choice(MOMENTS))
        return await self._transport.handle_async_request(request)


@pytest.mark.parametrize("seed", range(4))
async def test_nothing_breaks_and_nothing_is_left_behind(seed: int) -> None:
    chance = random.Random(seed)
    player = Player(demo_tape(), lambda: 0.0, title="demo")
    dashboard = Dashboard(surroundings(Dawdling(ReplayTransport(player), chance), now=player.now))
    async with dashboard.run_test(size=(80, 24)):
        for _ in range(STEPS):
            dashboard.go(chance.choice([*PLACES]))
            await asyncio.sleep(chance.choice(MOMENTS))
            if chance.random() < 1 / 2:
                await dashboard.run_action(chance.choice(OPENING), dashboard.screen)
        dashboard.exit(0)
    # What nobody awaited says so when it is collected, which is an error of this test then.
    gc.collect()
    assert dashboard.return_code == 0


async def turns(count: int) -> None:
    """So many turns of the loop, however fast the machine is."""
    for _ in range(count):
        await asyncio.sleep(0)


async def test_a_page_is_left_after_any_number_of_turns() -> None:
    dashboard = Dashboard(surroundings(refusing()))
    async with dashboard.run_test() as pilot:
        for count in range(0, 60, 2):
            dashboard.open_context("acme")
            await turns(count)
            dashboard.go("contexts")
        await pilot.pause()
        assert dashboard.is_running


@pytest.mark.parametrize("count", [0, 4, 12])
async def test_the_dashboard_is_left_after_any_number_of_turns(count: int) -> None:
    dashboard = Dashboard(surroundings(refusing()))
    async with dashboard.run_test():
        dashboard.go("retention")
        await turns(count)
        dashboard.exit(0)
    assert dashboard.return_code == 0


async def test_a_screen_that_was_left_before_it_stood_has_its_keys_when_it_is_opened_again() -> None:
    dashboard = Dashboard(surroundings(refusing()))
    async with dashboard.run_test() as pilot:
        dashboard.go("contexts")
        dashboard.go("overview")
        await pilot.pause()
        dashboard.go("contexts")
        screen = dashboard.screen
        assert isinstance(screen, LiveScreen)
        await until(pilot, lambda: screen.main().has_focus)


async def test_the_exit_code_is_the_one_it_was_told_to_leave_with() -> None:
    dashboard = Dashboard(surroundings(refusing()))
    async with dashboard.run_test():
        dashboard.leave(143)
    assert dashboard.return_value == 143
