"""Screens wake when the server tells of a change; without its events they go on polling."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest

from spectron.aio.client import AsyncSpectronManagement
from spectron.profiles import Profiles
from spectron.target import Target
from spectron_tui.app import Dashboard
from spectron_tui.feed.news import News
from spectron_tui.screens.ingestion import IngestionScreen
from spectron_tui.screens.live import BETWEEN
from spectron_tui.surroundings import Surroundings
from tests.http.streams import served
from tests.spectron_tui.surroundings import NOW, until
from tests.support.app import App, running


class Pauses:
    """Sleeps that end when the test says so, but for the short ones between two polls."""

    def __init__(self) -> None:
        self.asked: list[float] = []
        self._going_on = asyncio.Event()

    async def __call__(self, seconds: float) -> None:
        if seconds <= BETWEEN:
            await asyncio.sleep(0.01)
            return
        self.asked.append(seconds)
        await self._going_on.wait()

    def go_on(self) -> None:
        self._going_on.set()
        self._going_on = asyncio.Event()


class Counting(httpx.AsyncBaseTransport):
    """How many polls are under way at once, and how many streams were asked for."""

    def __init__(self, transport: httpx.AsyncBaseTransport, *, streams: bool = True) -> None:
        self._transport = transport
        self._streams = streams
        self.jobs = self.at_once = self.most_at_once = self.asked_for_streams = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/events"):
            self.asked_for_streams += 1
            if not self._streams:
                raise httpx.ConnectError("No streams here", request=request)
            return await self._transport.handle_async_request(request)
        if not request.url.path.endswith("/jobs"):
            return await self._transport.handle_async_request(request)
        self.jobs += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            return await self._transport.handle_async_request(request)
        finally:
            self.at_once -= 1

    async def aclose(self) -> None:
        await self._transport.aclose()


@pytest.fixture
async def acme(tmp_path: Path) -> AsyncIterator[App]:
    async with running(tmp_path / "server", works=True) as app:
        await app.context()
        yield app


def dashboard(url: str, key: str, transport: Counting, pauses: Pauses) -> Dashboard:
    return Dashboard(
        Surroundings(
            target=Target(url, key),
            profiles=Profiles,
            writes=False,
            now=lambda: NOW,
            sleep=pauses,
            transport=lambda: transport,
            exports=Path(),
        ),
        place="ingestion",
    )


def ingestion(app: Dashboard) -> IngestionScreen:
    screen = app.screen
    assert isinstance(screen, IngestionScreen)
    return screen


def shows(app: Dashboard, name: str, status: str) -> Callable[[], bool]:
    return lambda: (
        (name, status)
        in {(item.document.filename, item.document.status) for item in ingestion(app).snapshot.items.value or ()}
    )


async def upload(acme: App, name: str) -> None:
    files = {"file": (name, f"{name} tells of ferries and bicycles.".encode(), "text/plain")}
    assert (await acme.http.post("/api/v1/acme/documents", files=files)).status_code == 202


async def test_a_document_is_followed_without_a_poll_by_the_clock(acme: App) -> None:
    pauses = Pauses()
    async with served(acme.server) as url:
        counting = Counting(httpx.AsyncHTTPTransport())
        app = dashboard(url, acme.key, counting, pauses)
        async with app.run_test() as pilot:
            await until(pilot, lambda: (news := ingestion(app)._news) is not None and news.heard)
            await upload(acme, "harbour.txt")
            await until(pilot, shows(app, "harbour.txt", "ready"))
            assert counting.most_at_once == 1
            assert counting.asked_for_streams == 1


async def test_events_in_numbers_make_few_polls_that_never_overlap(acme: App) -> None:
    pauses = Pauses()
    async with served(acme.server) as url:
        counting = Counting(httpx.AsyncHTTPTransport())
        app = dashboard(url, acme.key, counting, pauses)
        async with app.run_test() as pilot:
            await until(pilot, lambda: (news := ingestion(app)._news) is not None and news.heard)
            await until(pilot, shows_nothing(app))
            before = counting.jobs
            for index in range(500):
                acme.server.events.publish("job", "acme", {"id": f"job{index}"})
                ingestion(app).ask()
            await upload(acme, "last.txt")
            await until(pilot, shows(app, "last.txt", "ready"))
            assert counting.most_at_once == 1
            assert counting.jobs - before < 50


async def test_a_stream_that_is_cut_is_taken_up_again_and_polls_go_on_meanwhile(acme: App) -> None:
    pauses = Pauses()
    async with served(acme.server) as url:
        counting = Counting(httpx.AsyncHTTPTransport())
        app = dashboard(url, acme.key, counting, pauses)
        async with app.run_test() as pilot:
            await until(pilot, lambda: (news := ingestion(app)._news) is not None and news.heard)
            acme.server.events.close()
            await until(pilot, lambda: any(seconds >= 2.0 for seconds in pauses.asked))
            await upload(acme, "meanwhile.txt")
            asked = counting.asked_for_streams

            def going_on() -> bool:
                pauses.go_on()
                return shows(app, "meanwhile.txt", "ready")() and counting.asked_for_streams > asked

            await until(pilot, going_on)
            assert app.is_running


async def test_without_events_it_polls_and_asks_for_them_ever_more_rarely(acme: App) -> None:
    pauses = Pauses()
    async with served(acme.server) as url:
        counting = Counting(httpx.AsyncHTTPTransport(), streams=False)
        app = dashboard(url, acme.key, counting, pauses)
        async with app.run_test() as pilot:
            await upload(acme, "harbour.txt")

            def going_on() -> bool:
                pauses.go_on()
                return shows(app, "harbour.txt", "ready")() and counting.asked_for_streams >= 4

            await until(pilot, going_on)
            assert {4.0, 8.0, 16.0} <= set(pauses.asked)
            assert app.connected is True


async def test_a_stream_that_ends_at_once_is_not_asked_for_all_the_time() -> None:
    slept: list[float] = []
    done = asyncio.Event()

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 20:
            done.set()
            await asyncio.Event().wait()
        await asyncio.sleep(0)

    given = Surroundings(
        target=Target("http://spectron.test"),
        profiles=Profiles,
        writes=False,
        now=lambda: NOW,
        sleep=sleep,
        transport=lambda: httpx.MockTransport(lambda _: httpx.Response(200, text="<html></html>")),
        exports=Path(),
    )
    admin: AsyncSpectronManagement = given.connect(given.target, lambda _: None)
    following = asyncio.create_task(News(("job",), sleep).follow(admin, lambda: None))
    await done.wait()
    following.cancel()
    await admin.aclose()
    assert min(slept) >= 1.0


def shows_nothing(app: Dashboard) -> Callable[[], bool]:
    return lambda: ingestion(app).snapshot.items.value == ()
