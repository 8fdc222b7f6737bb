"""Documents as jobs: what stops one, what is tried again, and who is told."""

import asyncio
from pathlib import Path

import pytest

from server.core.errors import JobFailedError
from server.jobs.handler import JobContext
from tests.documents.test_upkeep import jobs, upload
from tests.support.app import App, running


async def claimed(app: App) -> JobContext:
    held = await app.server.queue.claim("w1", ["document.process"])
    assert held is not None
    return JobContext(app.server.queue, held, app.clock)


async def test_a_file_that_no_attempt_can_read_fails_its_job(acme: App) -> None:
    document = await upload(acme, text=b"")
    with pytest.raises(JobFailedError, match="empty"):
        await acme.server.documents.jobs.run(await claimed(acme))
    assert (await acme.http.get(f"/api/v1/acme/documents/{document}")).json()["status"] == "failed"


async def test_a_job_says_how_far_its_document_has_come(acme: App) -> None:
    document = await upload(acme, text=b"The tidal barrage turns the ebb into power. " * 500)
    context = await claimed(acme)
    await acme.server.documents.jobs.run(context)
    await context.complete()
    (job,) = await jobs(acme)
    count = (await acme.http.get(f"/api/v1/acme/documents/{document}")).json()["chunk_count"]
    assert (job.stage, job.progress_done, job.progress_total) == ("keywording", count, count)


async def test_what_is_processed_stops_when_its_context_is_deleted(acme: App) -> None:
    await upload(acme, text=b"The tidal barrage turns the ebb into power. " * 500)
    running_job = asyncio.create_task(acme.server.documents.jobs.run(await claimed(acme)))
    await asyncio.sleep(0)
    await acme.server.documents.jobs.remove("acme")
    with pytest.raises(JobFailedError, match="being deleted"):
        await running_job


async def test_a_stopped_server_gives_its_documents_back(tmp_path: Path) -> None:
    async with running(tmp_path, database_url="embedded", works=True) as app:
        await app.context()
        document = await upload(app, text=b"The tidal barrage turns the ebb into power. " * 2000)
        key = app.key
    async with running(tmp_path, database_url="embedded", key=key) as app:
        (job,) = await jobs(app)
        shown = (await app.http.get(f"/api/v1/acme/documents/{document}")).json()
        assert (job.state == "done") == (shown["status"] == "ready")
        assert job.state in {"queued", "done"}
