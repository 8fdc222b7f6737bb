"""An object store that fails: uploads are refused before they are accepted, or end once it is back; nothing is half."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest

from server.core.errors import UnavailableError
from server.jobs.handler import JobContext
from server.objects.s3 import S3ObjectStore
from tests.http.problem import slug_of
from tests.objects.conftest import S3Endpoint, bucket, make_s3, s3_endpoint
from tests.objects.faulty_proxy import FaultyProxy
from tests.support.app import App, running

__all__ = ["bucket", "make_s3", "s3_endpoint"]

MakeS3 = Callable[[int], S3ObjectStore]
BASE = "/api/v1/acme/documents"
SMALL = b"The tidal barrage turns the ebb into electric power. " * 40
LARGE = SMALL * 6000
ENDLESS = 10_000


@pytest.fixture
async def proxy(s3_endpoint: S3Endpoint) -> AsyncIterator[FaultyProxy]:
    async with FaultyProxy(s3_endpoint.port) as made:
        yield made


@pytest.fixture
async def app(tmp_path: Path, proxy: FaultyProxy, make_s3: MakeS3) -> AsyncIterator[App]:
    async with running(tmp_path, objects=make_s3(proxy.port)) as made:
        await made.context()
        yield made


def unreachable(proxy: FaultyProxy) -> None:
    proxy.refusing = True


def overloaded(proxy: FaultyProxy) -> None:
    proxy.refusals = ENDLESS


def silent(proxy: FaultyProxy) -> None:
    proxy.stalled = True


def cut_on_the_way_up(proxy: FaultyProxy) -> None:
    proxy.cut_uploads_after = len(SMALL) // 2


def cut_on_the_way_back(proxy: FaultyProxy) -> None:
    proxy.cut_after, proxy.cuts = 0, ENDLESS


AWAY = [unreachable, overloaded, silent]
FAULTS = [*AWAY, cut_on_the_way_up, cut_on_the_way_back]


def well(proxy: FaultyProxy) -> None:
    proxy.refusing = proxy.stalled = False
    proxy.refusals = proxy.cuts = 0
    proxy.cut_uploads_after = None
    proxy.pause_seconds = 0.0


async def upload(app: App, content: bytes = SMALL) -> httpx.Response:
    return await app.http.post(BASE, files={"file": ("tides.txt", content)})


async def sound(app: App, documents: int) -> None:
    """After a sweep every original has its document and every document its original."""
    swept = await app.http.post("/api/v1/lifecycle/expire?context=acme")
    assert swept.status_code == 200, swept.text
    assert [one["error"] for one in swept.json()["contexts"]] == [None]
    report = (await app.http.post("/api/v1/acme/fsck", json={"check": "integrity"})).json()
    assert report["problems"] == []
    assert report["checked"].get("documents", 0) == report["checked"]["originals"] == documents


async def process(app: App) -> None:
    held = await app.server.queue.claim("w1", ["document.process"])
    assert held is not None
    job = JobContext(app.server.queue, held, app.clock)
    try:
        await app.server.documents.jobs.run(job)
    except UnavailableError as error:
        await job.fail(error.detail, permanent=False, after=0)
    else:
        await job.complete()


@pytest.mark.parametrize("content", [SMALL, LARGE], ids=["small", "large"])
@pytest.mark.parametrize("fault", FAULTS)
async def test_an_upload_is_refused_and_leaves_nothing(
    app: App, proxy: FaultyProxy, fault: Callable[[FaultyProxy], None], content: bytes
) -> None:
    fault(proxy)
    answer = await upload(app, content)
    assert (answer.status_code, slug_of(answer)) == (503, "unavailable")
    assert int(answer.headers["retry-after"]) > 0
    assert (await app.http.get(BASE)).json()["total"] == 0
    if fault in AWAY:
        assert (await app.http.get("/api/v1/ready")).json()["status"] == "degraded"
    well(proxy)
    await sound(app, 0)
    assert (await upload(app, content)).status_code == 202
    await sound(app, 1)


@pytest.mark.parametrize("fault", [*AWAY, cut_on_the_way_back])
async def test_an_original_that_cannot_be_read_now_is_read_later(
    app: App, proxy: FaultyProxy, fault: Callable[[FaultyProxy], None]
) -> None:
    document = (await upload(app)).json()["id"]
    fault(proxy)
    await process(app)
    waiting = (await app.http.get(f"{BASE}/{document}")).json()
    assert waiting["status"] == "queued"
    assert "object store" in waiting["error"]
    if fault in AWAY:
        assert (await app.http.get(f"{BASE}/{document}/raw")).status_code == 503
    well(proxy)
    app.clock.advance(60)
    await process(app)
    done = (await app.http.get(f"{BASE}/{document}")).json()
    assert (done["status"], done["error"]) == ("ready", None)
    await sound(app, 1)


async def test_a_slow_store_is_waited_for(app: App, proxy: FaultyProxy) -> None:
    proxy.pause_seconds = 0.01
    assert (await upload(app, SMALL * 200)).status_code == 202
    well(proxy)
    await sound(app, 1)


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_document_whose_original_cannot_be_deleted_now_goes_later(
    app: App, proxy: FaultyProxy, fault: Callable[[FaultyProxy], None]
) -> None:
    document = (await upload(app)).json()["id"]
    fault(proxy)
    answer = await app.http.delete(f"{BASE}/{document}")
    assert answer.status_code in {503, 200}
    well(proxy)
    async with app.server.control.contexts.opened("acme") as opened:
        await app.server.documents.upkeep.look_after(opened)
    assert (await app.http.get(f"{BASE}/{document}")).status_code == 404
    await sound(app, 0)


async def test_many_uploads_while_the_store_comes_and_goes(app: App, proxy: FaultyProxy) -> None:
    async def one(number: int) -> int:
        return (await upload(app, SMALL + str(number).encode())).status_code

    sent = [asyncio.create_task(one(number)) for number in range(40)]
    while not all(task.done() for task in sent):
        proxy.refusing = not proxy.refusing
        await asyncio.sleep(0.05)
    well(proxy)
    statuses = [task.result() for task in sent]
    assert set(statuses) <= {202, 503}
    await sound(app, statuses.count(202))
