"""Two schedulers on one SurrealDB server: each sweep is one's alone, and nothing is swept twice or left."""

import asyncio
import itertools
import subprocess
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.core.clock import SystemClock
from server.store.binding import Binding
from server.store.engine import Database
from server.store.remote import RemoteEngine
from tests.e2e.test_worker import environment, started
from tests.support.database_server import PASSWORD, USERNAME
from tests.support.deployment import BIN

__all__ = ["environment"]

RECORDS = 2000
BATCH = 500
PATIENCE = 240
POLICIES = [{"scope": {}, "memory_category": "instructions", "ttl": "5d"}]
FILL = "INSERT INTO instruction (SELECT *, <set>[] AS scope FROM $rows) RETURN NONE"


@pytest.mark.slow
@pytest.mark.timeout(120 + PATIENCE)
def test_they_take_turns(environment: dict[str, str], tmp_path: Path) -> None:
    environment["SPECTRON_SWEEP_INTERVAL"] = "1m"
    with ExitStack() as stack:
        api = stack.enter_context(started("api", environment, tmp_path / "api.log"))
        url = api.wait_for(r"listens on (http://\S+)").group(1)
        bootstrap = subprocess.run(
            [str(BIN / "spectrond"), "bootstrap"],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        headers = {"API-KEY": bootstrap.stdout.strip()}
        http = stack.enter_context(httpx.Client(base_url=f"{url}/api/v1", headers=headers, timeout=60))
        http.post("/contexts/acme", json={"namespace": "acme", "database": "prod"}).raise_for_status()
        http.put("/contexts/acme/retention", json=POLICIES).raise_for_status()
        asyncio.run(fill(environment["SPECTRON_DATABASE_URL"]))
        schedulers = [
            stack.enter_context(started("scheduler", environment, tmp_path / f"scheduler-{number}.log"))
            for number in range(2)
        ]
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
