"""Facts that take whole processes: how they end, what survives, what never returns."""

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import AsyncGenerator
from pathlib import Path

from surrealdb import AsyncEmbeddedSurrealConnection

from server.core.clock import SystemClock
from server.store.embedded import EmbeddedEngine
from tests.store.programs import BINDING, resident_megabytes
from tests.support.processes import Process

MEGABYTE = 1024 * 1024
HANGS_AFTER_SECONDS = 20
LIMIT_MEGABYTES = 6 * 1024


async def process_facts(folder: Path, *, quick: bool) -> AsyncGenerator[tuple[str, str], None]:
    runs = 8 if quick else 40
    yield "interpreter exit with an open handle", await _exits(folder, "open", runs)
    yield "interpreter exit with an open handle and a query running", await _exits(folder, "busy", runs)
    yield "interpreter exit right after closing", await _exits(folder, "closed", runs)
    yield "kill -9 while writing", await _kill(folder / "killed", 3 if quick else 20)
    if quick:
        yield "writes without a checkpoint", "not measured (--quick)"
    else:
        yield "writes without a checkpoint", await _child("hang", folder / "hang")


async def _exits(folder: Path, how: str, runs: int) -> str:
    codes = []
    for number in range(runs):
        arguments = [sys.executable, __file__, how, str(folder / f"{how}-{number}")]
        child = await asyncio.create_subprocess_exec(*arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        codes.append(await child.wait())
    failed = sorted({code for code in codes if code})
    return f"{sum(code != 0 for code in codes)} of {runs} runs failed{f', codes {failed}' if failed else ''}"


async def _kill(store: Path, rounds: int) -> str:
    acknowledged = stored = 0
    for number in range(rounds):
        log = store.with_suffix(f".{number}")
        with Process.python("tests.store.programs", "acknowledge", str(store), log=log) as program:
            await asyncio.to_thread(program.wait_for, f"wrote {150 + 31 * number}\n")
            program.kill()
            acknowledged += program.output.count("wrote")
        async with EmbeddedEngine(store, SystemClock()) as engine:
            ((found,),) = await engine.read(BINDING, "SELECT VALUE count() FROM thing GROUP ALL")
            stored = found["count"] if isinstance(found, dict) else found
    return f"{acknowledged} acknowledged, {stored} stored after {rounds} kills"


async def _child(how: str, store: Path) -> str:
    child = await asyncio.create_subprocess_exec(
        sys.executable, __file__, how, str(store), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    output, _ = await child.communicate()
    return output.decode().strip()


async def _use_and_leave(how: str, store: str) -> None:
    connection = AsyncEmbeddedSurrealConnection(f"surrealkv://{store}")
    await connection.connect()
    for _ in range(50):
        await connection.query_raw("USE NS a DB b; CREATE thing SET b = $b", {"b": bytes(50_000)})
    if how == "busy":
        running = asyncio.ensure_future(connection.query_raw("USE NS a DB b; SLEEP 1s; CREATE thing"))
        await asyncio.wait({running}, timeout=0.05)
    if how == "closed":
        await connection.close()


async def _write_until_it_hangs(store: str) -> None:
    connection = AsyncEmbeddedSurrealConnection(f"surrealkv://{store}")
    await connection.connect()
    written = 0
    with contextlib.suppress(TimeoutError):
        while written < LIMIT_MEGABYTES:
            query = connection.query_raw("USE NS a DB b; CREATE blob SET b = $b", {"b": os.urandom(4 * MEGABYTE)})
            await asyncio.wait_for(query, HANGS_AFTER_SECONDS)
            written += 4
    outcome = "went on" if written >= LIMIT_MEGABYTES else f"no answer for {HANGS_AFTER_SECONDS} s"
    print(f"{outcome} after {written} MB, resident {resident_megabytes()} MB", flush=True)
    os._exit(0)


if __name__ == "__main__":
    how, store = sys.argv[1:]
    asyncio.run(_write_until_it_hangs(store) if how == "hang" else _use_and_leave(how, store))
