"""What the job queue costs: taking jobs in, claiming them with many queued, and claims by several processes' queues.

`python -m benchmarks.job_queue [--jobs 10000]` prints a table; the floor beside it is one bare write of a row.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from server.core.clock import SystemClock
from server.core.ids import Ids
from server.jobs.changes import Changes
from server.jobs.job import Progress
from server.jobs.queue import JobQueue
from server.store.binding import JOBQUEUE
from server.store.embedded import EmbeddedEngine
from server.store.engine import Database
from server.store.migrations import Migrator, load

CLAIMS = 300
CLAIMERS = 8
KINDS = ["ingest"]


async def timed(name: str, times: int, call: Callable[[], Awaitable[object]]) -> None:
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        await call()
        taken.append((time.perf_counter() - began) * 1000)
    taken.sort()
    show(name, statistics.median(taken), taken[int(len(taken) * 0.99)], 1000 / statistics.mean(taken))


def show(name: str, median: float, slow: float, rate: float) -> None:
    print(f"{name:<44}{median:>9.2f}{slow:>9.2f}{rate:>10.0f}")


async def measure(jobs: int, folder: Path) -> None:
    clock = SystemClock()
    async with EmbeddedEngine(folder / "store", clock) as engine:
        await engine.create_database(JOBQUEUE)
        await Migrator(engine, clock).apply(JOBQUEUE, load("jobqueue"))
        database = Database(engine, JOBQUEUE)
        queue = JobQueue(database, clock, Ids(), Changes())
        numbers = iter(range(10 * jobs))
        print(f"{'':<44}{'median ms':>9}{'p99 ms':>9}{'a second':>10}")
        await timed("floor: create a bare row", CLAIMS, lambda: database.write("CREATE bare SET n = 1 RETURN NONE"))
        await timed(
            f"enqueue {jobs} jobs of one Context", jobs, lambda: queue.enqueue("acme", "ingest", f"d:{next(numbers)}")
        )
        await timed(f"claim with {jobs} queued", CLAIMS, lambda: queue.claim("w", KINDS))

        async def work() -> None:
            claimed = await queue.claim("w", KINDS)
            if claimed:
                await queue.progress(claimed, Progress("embedding", 1, 2))
                await queue.complete(claimed)

        await timed("claim, progress and complete", CLAIMS, work)
        others = [JobQueue(database, clock, Ids(), Changes()) for _ in range(CLAIMERS)]
        began, retries = time.perf_counter(), engine.stats.conflict_retries
        for _ in range(CLAIMS // CLAIMERS):
            await asyncio.gather(*(other.claim("w", KINDS) for other in others))
        each = (time.perf_counter() - began) / (CLAIMS // CLAIMERS * CLAIMERS) * 1000
        show(f"claim by {CLAIMERS} queues at once, each (mean)", each, each, 1000 / each)
        print(f"{engine.stats.conflict_retries - retries} lost transactions were repeated")
    await asyncio.sleep(0.5)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=10_000)
    with tempfile.TemporaryDirectory() as name:
        asyncio.run(measure(parser.parse_args().jobs, Path(name)))
