"""Two schedulers on one SurrealDB server: each sweep is one's alone, and nothing is swept twice or left."""

import asyncio
import itertools
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from server.core.clock import SystemClock
from server.store.binding import Binding
from server.store.engine import Database
from server.store.remote import RemoteEngine
from tests.support.cluster import Cluster
from tests.support.database_server import PASSWORD, USERNAME

RECORDS = 2000
BATCH = 500
PATIENCE = 240
POLICIES = [{"scope": {}, "memory_category": "instructions", "ttl": "5d"}]
FILL = "INSERT INTO instruction (SELECT *, <set>[] AS scope FROM $rows) RETURN NONE"


@pytest.mark.slow
@pytest.mark.timeout(120 + PATIENCE)
def test_they_take_turns(tmp_path: Path) -> None:
    with Cluster(tmp_path, SPECTRON_SWEEP_INTERVAL="1m") as cluster, cluster.client() as http:
        http.post("/contexts/acme", json={"namespace": "acme", "database": "prod"}).raise_for_status()
        http.put("/contexts/acme/retention", json=POLICIES).raise_for_status()
        asyncio.run(fill(cluster.database.url))
        schedulers = [cluster.start("scheduler") for _ in range(2)]
        deadline = time.monotonic() + PATIENCE
        sweeps: list[dict[str, Any]] = []
        while len([sweep for sweep in sweeps if sweep["finished_at"]]) < 2:
            assert time.monotonic() < deadline, sweeps
            time.sleep(1)
            sweeps = http.get("/lifecycle/sweeps").json()["sweeps"]
        ended = [sweep for sweep in sweeps[::-1] if sweep["finished_at"]]
        assert {sweep["state"] for sweep in ended} == {"done"}
        assert all(before["finished_at"] <= after["started_at"] for before, after in itertools.pairwise(ended))
        assert [sweep["deleted_count"] for sweep in ended] == [RECORDS // 2, *[0] * (len(ended) - 1)]
        assert http.get("/contexts/acme/stats").json()["tables"]["instruction"] == RECORDS // 2
        for scheduler in schedulers:
            assert scheduler.stop() == 0


async def fill(url: str) -> None:
    """As many instructions that are too old as are not."""
    engine = RemoteEngine(url, username=USERNAME, password=PASSWORD, clock=SystemClock())
    await engine.open()
    now = datetime.now(UTC)
    database = Database(engine, Binding("acme", "prod"))
    for start in range(0, RECORDS, BATCH):
        rows = [
            {"label": f"{number}", "description": "d", "created_at": now - timedelta(days=9 * (number % 2))}
            for number in range(start, start + BATCH)
        ]
        await database.write(FILL, {"rows": rows})
    await engine.close()
