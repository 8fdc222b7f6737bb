"""Kill -9 in the middle of a sweep: what is gone is what was to go first, and the next sweep takes the rest."""

import asyncio
import os
import random
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from surrealdb import RecordID

from server.core.clock import SystemClock
from server.core.retention import policies
from server.retention.pace import LARGE, SMALL
from server.retention.plan import Plan
from server.retention.rules import Rules
from server.store.binding import Binding
from server.store.embedded import EmbeddedEngine
from server.store.engine import Database
from spectron import AsyncSpectronManagement, TransportError
from tests.support.deployment import Deployment

ROUNDS = int(os.environ.get("SPECTRON_ROUNDS", "2"))
# By then some sweep has been cut short between its first and its last page.
CERTAIN = 10
PAGE = SMALL
ROWS = 4 * LARGE
LONGEST_SWEEP_SECONDS = 0.5
POLICIES = [{"scope": {}, "memory_category": "instructions", "ttl": "5d"}]

FILL = """INSERT INTO attribute (SELECT *, <set>[] AS scope FROM $attributes) RETURN NONE;
INSERT INTO instruction (SELECT *, <set>[] AS scope FROM $instructions) RETURN NONE"""


@pytest.mark.e2e
@pytest.mark.timeout(120 + 60 * ROUNDS)
async def test_what_is_gone_is_a_prefix_of_what_was_planned(tmp_path: Path) -> None:
    moments, binding, cut_short = random.Random(3), Binding("acme", "prod"), 0
    with Deployment(tmp_path / "data", tmp_path, environment={"SPECTRON_LOG_LEVEL": "warning"}) as deployment:
        with deployment.admin as admin:
            admin.contexts.create(id="acme", namespace="acme", database="prod", config={"retention_days": 5})
            admin.contexts("acme").retention.set(POLICIES)
        for _ in range(ROUNDS):
            assert deployment.stop() == 0
            await filled(tmp_path, binding)
            planned, left = await pages(tmp_path, binding)
            deployment.start()
            await killed_in_mid_sweep(deployment, moments.random() * LONGEST_SWEEP_SECONDS)
            remaining = await ids(tmp_path, binding)
            gone = [page - remaining for page in planned]
            whole = next((number for number, page in enumerate(gone) if page != planned[number]), len(planned))
            assert not any(gone[whole + 1 :])
            assert left <= remaining
            cut_short += 0 < whole < len(planned)
            deployment.start()
            with deployment.admin as admin:
                finished = admin.lifecycle.expire()
                assert finished.deleted_count == len(remaining - left)
                assert {sweep.state for sweep in admin.lifecycle.sweeps(limit=1)} == {"done"}
            assert deployment.stop() == 0
            assert await ids(tmp_path, binding) == left
            deployment.start()
    assert cut_short or ROUNDS < CERTAIN


async def killed_in_mid_sweep(deployment: Deployment, seconds: float) -> None:
    """Ask for a sweep, and kill the server some time after it has begun."""
    async with AsyncSpectronManagement(deployment.url, deployment.key, retries=0) as admin:
        asked = asyncio.create_task(admin.lifecycle.expire())
        while not asked.done():
            if any(sweep.state == "running" for sweep in await admin.lifecycle.sweeps(limit=1)):
                break
        await asyncio.sleep(seconds)
        deployment.kill()
        await asyncio.wait({asked})
        assert asked.exception() is None or isinstance(asked.exception(), TransportError)


async def filled(folder: Path, binding: Binding) -> None:
    """Records of two tables, half of them too old, so that a sweep has several pages of each."""
    now = datetime.now(UTC)

    def rows(table: str, **columns: object) -> list[dict[str, object]]:
        stamp = time.monotonic_ns()
        return [
            {
                "id": RecordID(table, f"{stamp}-{number:05}"),
                "created_at": now - timedelta(days=9 * (number % 2), seconds=number),
            }
            | columns
            for number in range(ROWS)
        ]

    entity = RecordID("entity", ["Thing", "a"])
    attributes = rows("attribute", entity=entity, key="k", value="v", memory_category="context")
    instructions = rows("instruction", label="l", description="d")
    async with EmbeddedEngine(folder / "data" / "store", SystemClock()) as engine:
        await Database(engine, binding).write(FILL, {"attributes": attributes, "instructions": instructions})
    await asyncio.sleep(0.5)


async def pages(folder: Path, binding: Binding) -> tuple[list[set[str]], set[str]]:
    """What a sweep would delete, page by page, and what it would leave."""
    rules = Rules(policies(POLICIES), 5)
    async with EmbeddedEngine(folder / "data" / "store", SystemClock()) as engine:
        plan = Plan(Database(engine, binding), [rules], datetime.now(UTC), page=PAGE)
        planned = [{str(record.id) for record in batch.records} async for batch in plan.batches() if batch.records]
    everything = await ids(folder, binding)
    return planned, everything - set().union(*planned)


async def ids(folder: Path, binding: Binding) -> set[str]:
    async with EmbeddedEngine(folder / "data" / "store", SystemClock()) as engine:
        found = await Database(engine, binding).read("SELECT VALUE id FROM attribute; SELECT VALUE id FROM instruction")
    await asyncio.sleep(0.5)
    return {str(record) for rows in found for record in rows}
