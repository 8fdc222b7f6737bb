"""Changes that other processes make are heard of, each once."""

from datetime import datetime, timedelta

import pytest

from server.jobs.changes import Changes
from server.jobs.job import Job, Progress
from server.jobs.register import Jobs
from server.jobs.watch import PAGE, Watch
from tests.jobs.conftest import Bench


class Listener:
    """Another process that watches the same database."""

    def __init__(self, bench: Bench) -> None:
        self.heard: list[Job] = []
        changes = Changes()
        changes.listen(self.heard.append)
        self.jobs = Jobs(bench.database, bench.clock, changes)
        self.queue = bench.another_queue(changes)
        self._watch = Watch(self.jobs, changes, bench.clock)
        self._since: datetime | None = None

    async def listen(self) -> list[tuple[str, str]]:
        self._since = await self._watch.look(self._since or await self.jobs.database_time())
        heard: list[tuple[str, str]] = [(job.subject, job.state) for job in self.heard]
        self.heard.clear()
        return heard


async def test_each_change_is_heard_of_once(bench: Bench) -> None:
    listener = Listener(bench)
    await listener.listen()
    job = await bench.queue.enqueue("acme", "ingest", "document:1")
    assert await listener.listen() == [("document:1", "queued")]
    assert await listener.listen() == []

    held = await bench.queue.claim("w1", ["ingest"])
    assert held is not None
    await bench.queue.heartbeat(held)
    assert await listener.listen() == [("document:1", "running")]
    await bench.queue.progress(held, Progress("chunking", 1, 2))
    await bench.queue.complete(held)
    assert await listener.listen() == [("document:1", "done")]
    assert (await listener.jobs.get(job.id)).stage == "chunking"


async def test_its_own_changes_are_not_heard_of_again(bench: Bench) -> None:
    listener = Listener(bench)
    await listener.listen()
    await listener.queue.enqueue("acme", "ingest", "document:1")
    assert [job.state for job in listener.heard] == ["queued"]

    await listener.listen()
    assert listener.heard == []


@pytest.mark.parametrize("engine", ["memory"], indirect=True)
async def test_many_changes_are_heard_of_in_full_and_in_order(bench: Bench) -> None:
    listener = Listener(bench)
    await listener.listen()
    for number in range(PAGE + 20):
        await bench.queue.enqueue("acme", "ingest", f"document:{number}")

    assert [subject for subject, _ in await listener.listen()] == [f"document:{n}" for n in range(PAGE + 20)]


@pytest.mark.parametrize("engine", ["memory"], indirect=True)
async def test_what_becomes_visible_late_is_not_missed(bench: Bench) -> None:
    listener = Listener(bench)
    await listener.listen()
    late = await bench.queue.enqueue("acme", "ingest", "late")
    await bench.queue.enqueue("acme", "ingest", "early")
    await bench.database.write(
        "UPDATE type::record('job', $id) SET updated_at = $at",
        {"id": late.id, "at": late.updated_at - timedelta(seconds=2)},
    )

    assert {subject for subject, _ in await listener.listen()} == {"late", "early"}
