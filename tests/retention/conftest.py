"""A server on a clock of the test, with a Context whose memory the tests fill themselves."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from server.app import Server
from server.core.clock import Clock
from server.core.ids import Ids
from server.core.retention import sourced
from server.index.writes import NoIndex
from server.observe.traffic import Traffic
from server.retention.chores import Chore, ServerChore
from server.retention.cleaning import Cleaner
from server.retention.lease import Lease
from server.retention.policies import Policies
from server.retention.sweeper import Sweeper
from server.retention.sweeps import SweepLog
from server.store.engine import Database
from tests.retention import model
from tests.retention.world import NOW, TABLES, policy
from tests.support.app import CONTEXT, App, running
from tests.support.clock import FakeClock

CLEAR = "".join(f"DELETE {table} RETURN NONE;" for table in TABLES)


@dataclass
class Memory:
    """The Context and its database, with the means to sweep it under any policies."""

    app: App
    database: Database

    @property
    def clock(self) -> FakeClock:
        return self.app.clock

    @property
    def server(self) -> Server:
        return self.app.server

    async def under(self, policies: model.Policies) -> Policies:
        """Put policies in force: those of the server, and those of the Context in its configuration."""
        own = [policy(promise) for promise in policies.promises]
        config = {
            "retention": [entry for one in own if one.source != "server" for entry in sourced([one], one.source)],
            "retention_days": policies.retention_days,
        }
        response = await self.app.http.patch(f"/api/v1/contexts/{CONTEXT}", json={"config": config})
        assert response.is_success, response.text
        server = [one for one in own if one.source == "server"]
        return Policies(self.server.control.contexts, server, policies.grace)

    def sweeper(
        self,
        policies: Policies,
        chores: tuple[Chore, ...] = (),
        server_chores: tuple[ServerChore, ...] = (),
        *,
        clock: Clock | None = None,
    ) -> Sweeper:
        """One like the server's own; on another clock where not even the server's own work may move it."""
        control, clock = self.server.control, clock or self.clock
        lease = Lease(control.metadata, clock, "sweep")
        log = SweepLog(control.metadata, control.audit, self.server.events, lease, clock, Ids())
        cleaner = Cleaner(policies, NoIndex(), Traffic(), clock, chores)
        return Sweeper(control.contexts.registry, cleaner, log, lease, clock, server_chores)

    async def clear(self) -> None:
        await self.database.write(CLEAR)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
def store_kind() -> str:
    """Where the server keeps its rows."""
    return "memory"


@pytest.fixture
async def memory(tmp_path: Path, clock: FakeClock, store_kind: str) -> AsyncIterator[Memory]:
    """Without the vector indexes, which have no part in retention and take most of the time."""
    async with running(tmp_path, clock=clock, database_url=store_kind) as app:
        await app.context()
        context = await app.server.control.contexts.registry.get(CONTEXT)
        for table in ("entity", "memory_chunk"):
            await app.server.engine.execute(context.binding, f"REMOVE INDEX embedding_index ON {table}")
        yield Memory(app, Database(app.server.engine, context.binding))
