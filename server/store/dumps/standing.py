"""Dumps a store in files that stands still."""

import os
from pathlib import Path
from typing import Any

from server.core.clock import SystemClock
from server.store.binding import Binding
from server.store.dumps.marks import Header
from server.store.dumps.writing import pieces_of
from server.store.embedded import EmbeddedEngine
from server.store.engine import Variables

CACHE_BYTES = 32 * 1024 * 1024


async def dump(store: Path, task: dict[str, Any], output: int) -> None:
    """Write what the task says to a file descriptor; what was read once is not read again."""
    binding = Binding(**task["binding"])
    async with EmbeddedEngine(store, SystemClock(), cache_bytes=CACHE_BYTES) as engine:

        async def read(text: str, variables: Variables) -> list[Any]:
            return await engine.read(binding, text, variables)

        async for piece in pieces_of(read, Header(**task["header"]), at_once=False, totals=task["totals"]):
            rest = memoryview(piece)
            while rest:
                rest = rest[os.write(output, rest) :]
