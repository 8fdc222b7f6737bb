"""Small servers around an embedded engine, for tests that end or measure a whole process.

`python -m tests.store.programs NAME FOLDER [NUMBER]`
"""

import asyncio
import itertools
import os
import signal
import sys
import time
from pathlib import Path

from server.core.clock import SystemClock
from server.store.binding import Binding
from server.store.embedded import REST_SECONDS, EmbeddedEngine
from server.store.memory import give_back, resident_bytes

BINDING = Binding("acme", "prod")
MEGABYTE = 1024 * 1024
BLOB = 2 * MEGABYTE
BLOBS_KEPT = 64
PAGES = 16
WRITERS = 4


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


async def acknowledge(folder: Path) -> None:
    """Write rows for ever, saying the number of each once it is acknowledged; checkpoints are frequent."""
    async with EmbeddedEngine(folder, SystemClock(), checkpoint_bytes=MEGABYTE // 2) as engine:
        await engine.create_database(BINDING)
        numbers = itertools.count()

        async def write() -> None:
            for number in numbers:
                await engine.write(BINDING, "CREATE thing SET n = $n, b = $b", {"n": number, "b": bytes(10_000)})
                say(f"wrote {number}")

        await asyncio.gather(*(write() for _ in range(WRITERS)))


async def leave_when_told(folder: Path) -> None:
    """Work until SIGTERM or SIGINT, then close."""
    leave = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, leave.set)
    async with EmbeddedEngine(folder, SystemClock(), checkpoint_bytes=MEGABYTE) as engine:
        await engine.create_database(BINDING)
        say("working")
        while not leave.is_set():
            await engine.write(BINDING, "CREATE thing SET b = $b", {"b": bytes(100_000)})


async def fail(folder: Path) -> None:
    """End by an error while other tasks are in the middle of queries."""
    async with EmbeddedEngine(folder, SystemClock()) as engine, asyncio.TaskGroup() as tasks:
        await engine.create_database(BINDING)
        for number in range(20):
            tasks.create_task(engine.write(BINDING, "CREATE thing SET n = $n; SLEEP 50ms", {"n": number}))
        await asyncio.sleep(0.02)
        raise RuntimeError("something the program did not expect")


async def interrupted(folder: Path) -> None:
    """Work with Python's own handling of SIGINT."""
    async with EmbeddedEngine(folder, SystemClock()) as engine:
        await engine.create_database(BINDING)
        say("working")
        while True:
            await engine.write(BINDING, "CREATE thing SET b = $b", {"b": bytes(100_000)})


async def fill(folder: Path, megabytes: int) -> None:
    """Write that much in all, over and over into the same rows, and say what it took."""
    async with EmbeddedEngine(folder, SystemClock()) as engine:
        await engine.create_database(BINDING)
        noise = os.urandom(BLOB)
        numbers = iter(range(megabytes * MEGABYTE // BLOB))
        before, memory, log = resident_megabytes(), 0, 0

        async def write() -> None:
            nonlocal memory, log
            for number in numbers:
                blob = number.to_bytes(8, "big") + noise[8:]
                await engine.write(
                    BINDING,
                    "UPSERT type::record('blob', $key) SET number = $number, blob = $blob RETURN NONE",
                    {"key": number % BLOBS_KEPT, "number": number, "blob": blob},
                )
                memory, log = max(memory, resident_megabytes()), max(log, engine.wal_bytes)

        await asyncio.gather(*(write() for _ in range(WRITERS)))
        (rows,) = await engine.read(BINDING, "SELECT VALUE [number, bytes::len(blob)] FROM blob ORDER BY number")
        last = megabytes * MEGABYTE // BLOB
        whole = rows == [[number, BLOB] for number in range(last - BLOBS_KEPT, last)]
        done = engine.stats.checkpoints
        say(f"grew {memory - before} MB, log {log // MEGABYTE} MB, checkpoints {done}, whole {whole}")


async def scan(folder: Path, megabytes: int) -> None:
    """Write that much once, read all of it again, and say what reading took and leaves."""
    async with EmbeddedEngine(folder, SystemClock()) as engine:
        await engine.create_database(BINDING)
        for number in range(megabytes):
            rows = [{"id": number * PAGES + page, "blob": os.urandom(MEGABYTE // PAGES)} for page in range(PAGES)]
            await engine.write(BINDING, "INSERT INTO page $rows RETURN NONE", {"rows": rows})
    async with EmbeddedEngine(folder, SystemClock(), cache_bytes=32 * MEGABYTE) as engine:
        give_back()
        before, most, lengths = resident_megabytes(), 0, 0
        for number in range(megabytes * PAGES):
            (rows,) = await engine.read(BINDING, "SELECT blob FROM type::record('page', $number)", {"number": number})
            lengths += len(rows[0]["blob"])
            most = max(most, resident_megabytes())
        await engine.forget()
        whole = lengths == megabytes * MEGABYTE
    say(f"grew {most - before} MB, left {resident_megabytes() - before} MB, whole {whole}")


def resident_megabytes() -> int:
    return resident_bytes() // MEGABYTE


def main(name: str, folder: Path, *rest: str) -> None:
    try:
        if name in ("fill", "scan"):
            measured = {each.__name__: each for each in (fill, scan)}
            asyncio.run(measured[name](folder, int(rest[0])))
        else:
            programs = {each.__name__: each for each in (acknowledge, leave_when_told, fail, interrupted)}
            asyncio.run(programs[name](folder))
    finally:
        time.sleep(REST_SECONDS)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:])
