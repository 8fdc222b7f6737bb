"""A queue on engines of every kind, and the bench that workers are tested on."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from server.core.clock import SystemClock
from server.core.ids import Ids
from server.jobs.backoff import Backoff
from server.jobs.changes import Changes
from server.jobs.job import Job, State
from server.jobs.queue import JobQueue
from server.jobs.register import Jobs
from server.store.binding import Binding
from server.store.embedded import EmbeddedEngine
from server.store.engine import Database, Engine
from server.store.migrations import Migrator, load
from server.store.remote import RemoteEngine
from tests.support.clock import FakeClock
from tests.support.database_server import PASSWORD, USERNAME, DatabaseServer

LEASE = timedelta(seconds=30)
PATIENCE = 30


@pytest.fixture(params=["memory", "embedded", "remote"])
async def engine(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Engine]:
    """The engine a test runs on; one that needs no other than memory asks for it by parameter."""
    made: Engine
    if request.param == "remote":
        server: DatabaseServer = request.getfixturevalue("database_server")
        made = RemoteEngine(server.url, username=USERNAME, password=PASSWORD, clock=SystemClock())
    else:
        made = EmbeddedEngine(tmp_path / "store" if request.param == "embedded" else None, SystemClock())
    await made.open()
    yield made
    await made.close()


@pytest.fixture(scope="session")
def database_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DatabaseServer]:
    server = DatabaseServer(tmp_path_factory.mktemp("jobs-server"))
    yield server
    server.kill()


class Bench:
    """A queue with everything that a test turns or looks at."""

    def __init__(self, database: Database, clock: FakeClock) -> None:
        self.database = database
        self.clock = clock
        self.changes = Changes()
        self.heard: list[Job] = []
        self._news = asyncio.Event()
        self.changes.listen(self._hear)
        self.queue = self.another_queue(self.changes)
        self.jobs = Jobs(database, clock, self.changes)

    def another_queue(self, changes: Changes | None = None) -> JobQueue:
        """The queue as another process has it, at the same time of day."""
        backoff = Backoff(jitter=lambda: 1.0)
        return JobQueue(self.database, self.clock, Ids(), changes or Changes(), backoff=backoff, lease=LEASE)

    async def until(self, state: State, *, times: int = 1, stage: str | None = None) -> list[Job]:
        """Wait until so many changes to a state were heard of; returns them."""
        async with asyncio.timeout(PATIENCE):
            while True:
                found = [job for job in self.heard if job.state == state and stage in {None, job.stage}]
                if len(found) >= times:
                    return found
                self._news.clear()
                await self._news.wait()

    def _hear(self, job: Job) -> None:
        self.heard.append(job)
        self._news.set()


@pytest.fixture
async def bench(engine: Engine, tmp_path: Path, clock: FakeClock) -> Bench:
    binding = Binding(f"test-{tmp_path.name.replace('_', '-')[:50]}", "jobqueue")
    await engine.create_database(binding)
    await Migrator(engine, SystemClock()).apply(binding, load("jobqueue"))
    return Bench(Database(engine, binding), clock)
