"""What a crash keeps from the queue or leaves half deleted is found from time to time, in every Context."""

import pytest

from server.jobs.job import Job
from server.store.binding import JOBQUEUE, Binding
from server.store.engine import Database
from tests.support.app import App


async def upload(app: App, context: str = "acme", text: bytes = b"Tides turn twice a day.") -> str:
    answer = await app.http.post(f"/api/v1/{context}/documents", files={"file": ("tides.txt", text)})
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


async def jobs(app: App, context: str = "acme") -> list[Job]:
    return await app.server.jobs.page(context_id=context, limit=100)


async def look_after(app: App, context: str = "acme") -> None:
    async with app.server.control.contexts.opened(context) as opened:
        await app.server.documents.upkeep.look_after(opened)


async def forget_jobs(app: App) -> None:
    await Database(app.server.engine, JOBQUEUE).write("DELETE job")


async def test_a_document_that_never_reached_the_queue_gets_there(acme: App) -> None:
    document = await upload(acme)
    await forget_jobs(acme)
    await look_after(acme)
    assert [(job.subject, job.state) for job in await jobs(acme)] == [(document, "queued")]


async def test_a_document_with_a_job_is_let_alone(acme: App) -> None:
    await upload(acme)
    before = await jobs(acme)
    await look_after(acme)
    assert await jobs(acme) == before


async def test_a_document_whose_job_is_pruned_while_it_was_worked_on_is_done_again(acme: App) -> None:
    document = await upload(acme)
    await forget_jobs(acme)
    database = Database(acme.server.engine, Binding("acme", "prod"))
    await database.write("UPDATE document SET status = 'embedding', attempt = 'of a process that was killed'")
    await look_after(acme)
    assert [job.subject for job in await jobs(acme)] == [document]


async def test_a_document_whose_job_ended_without_success_is_not_queued_for_ever(acme: App) -> None:
    await upload(acme)
    (job,) = await jobs(acme)
    database = Database(acme.server.engine, Binding("acme", "prod"))
    await database.write("UPDATE document SET status = 'embedding', attempt = 'one'")
    await acme.server.jobs.cancel(job.id)
    await look_after(acme)
    assert [one.state for one in await jobs(acme)] == ["cancelled"]
    await acme.server.documents.jobs.ended(await acme.server.jobs.get(job.id))
    shown = (await acme.http.get(f"/api/v1/acme/documents/{job.subject}")).json()
    assert (shown["status"], "cancelled" in shown["error"]) == ("failed", True)


async def test_deletions_that_were_cut_short_are_finished(acme: App) -> None:
    document = await upload(acme)
    database = Database(acme.server.engine, Binding("acme", "prod"))
    await database.write("UPDATE document SET status = 'failed', attempt = 'deletion'")
    await look_after(acme)
    assert (await acme.http.get(f"/api/v1/acme/documents/{document}")).status_code == 404
    assert await database.rows("SELECT id FROM document") == []
    assert [found async for found in acme.server.documents.library.objects.list()] == []


async def test_a_context_that_fails_does_not_stop_the_others(acme: App) -> None:
    await acme.context("zebra")
    await upload(acme, "zebra")
    await forget_jobs(acme)
    await Database(acme.server.engine, Binding("acme", "prod")).write("REMOVE TABLE document")
    await acme.server.documents.upkeep.once()
    assert len(await jobs(acme, "zebra")) == 1


@pytest.mark.parametrize("context", ["acme", "nobody"])
async def test_an_end_without_success_is_told_even_of_what_is_gone(acme: App, context: str) -> None:
    job = await acme.server.queue.enqueue(context, "document.process", "gone")
    await acme.server.documents.jobs.ended(await acme.server.jobs.cancel(job.id))
