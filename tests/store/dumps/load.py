"""Loads one dump and says the most memory that it took: `python -m tests.store.dumps.load DUMP STORE`."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from server.core.clock import SystemClock
from server.store.binding import Binding
from server.store.dumps.loading import Loader
from server.store.embedded import EmbeddedEngine
from server.store.migrations import Migrator, load

PIECE = 256 * 1024
CACHE_BYTES = 32 * 1024 * 1024


async def pieces(dump: Path) -> AsyncIterator[bytes]:
    with dump.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


async def main(dump: Path, store: Path) -> None:
    clock = SystemClock()
    async with EmbeddedEngine(store, clock, cache_bytes=CACHE_BYTES) as engine:
        loader = Loader(engine, Migrator(engine, clock))
        await loader.load(Binding("acme", "prod"), "context", load("context"), pieces(dump))


asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2])))
# What `getrusage` says includes the parent's memory at the moment of the fork.
peak = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
sys.stdout.write(f"{int(peak[1]) * 1024 if peak else 0}\n")
sys.stdout.flush()
# The engine's threads may still be at work, and an interpreter that ends under them aborts.
os._exit(0)
