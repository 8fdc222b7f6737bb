"""Facts about the store: schema, sessions, locks, checkpoints, conflicts."""

import asyncio
import os
import threading
import time
from collections.abc import AsyncGenerator
from pathlib import Path

from engine_facts_timing import milliseconds
from surrealdb import AsyncEmbeddedSurrealConnection, Surreal
from surrealdb.errors import SurrealError

from server.core.clock import SystemClock
from server.core.errors import QueryError
from server.store.binding import Binding
from server.store.embedded import EmbeddedEngine
from server.store.migrations import load

BINDING = Binding("acme", "prod")
MEGABYTE = 1024 * 1024
WRITERS = 32
INCREMENTS = 20


async def store_facts(folder: Path, *, quick: bool) -> AsyncGenerator[tuple[str, str], None]:
    yield "statements of the Context schema that are accepted", await _schema()
    yield "`USE` in front of a query", await _use()
    yield "a second opening of the same store", await _second_opening(folder / "locked")
    yield "checkpoint with 64 MB in the log", await _checkpoint(folder / "checkpoint")
    yield f"{WRITERS} writers on one counter, on files", await _conflicts(folder / "conflicts")
    yield f"{WRITERS} writers on one counter, `mem://`, retried by hand", await _conflicts_in_memory(3 if quick else 10)
    yield "an index on moments, of 6 in one second those from its beginning on", await _moments()
    yield "a blocking connection, query of 1 s in another thread", await asyncio.to_thread(_blocking)


async def _schema() -> str:
    async with EmbeddedEngine(None, SystemClock()) as engine:
        try:
            accepted = [len(await engine.write(BINDING, migration.text)) for migration in load("context")]
        except QueryError as error:
            return f"refused: {error}"
    return f"all {sum(accepted)}"


async def _use() -> str:
    connection = AsyncEmbeddedSurrealConnection("mem://")
    await connection.connect()
    inside = (await connection.query_raw("USE NS a DB b; RETURN session::db()"))["result"][1]["result"]
    after = (await connection.query_raw("RETURN session::db()"))["result"][0]["result"]
    await connection.close()
    return f"in force in that query ({inside}), the session afterwards has {after}"


async def _second_opening(store: Path) -> str:
    async with EmbeddedEngine(store, SystemClock()):
        try:
            await AsyncEmbeddedSurrealConnection(f"surrealkv://{store}").connect()
        except SurrealError as error:
            return f"fails: {str(error).rsplit('/', 1)[-1]}"
    return "works"


async def _checkpoint(store: Path) -> str:
    async with EmbeddedEngine(store, SystemClock(), checkpoint_bytes=1024 * MEGABYTE) as engine:
        for _ in range(64):
            await engine.write(BINDING, "CREATE blob SET b = $b", {"b": os.urandom(MEGABYTE)})
        before = engine.wal_bytes
        took = await milliseconds(engine.checkpoint)
        return f"{took:.0f} ms, log {before // MEGABYTE} MB before and {engine.wal_bytes} bytes after"


async def _conflicts(store: Path) -> str:
    async with EmbeddedEngine(store, SystemClock()) as engine:
        await engine.create_database(BINDING)

        async def increment() -> None:
            for _ in range(INCREMENTS):
                await engine.write(BINDING, "UPSERT counter:1 SET n += 1")

        await asyncio.gather(*(increment() for _ in range(WRITERS)))
        ((counted,),) = await engine.read(BINDING, "SELECT VALUE n FROM counter")
        return f"{counted} of {WRITERS * INCREMENTS} right after {engine.stats.conflict_retries} retries"


async def _conflicts_in_memory(rounds: int) -> str:
    lost = 0
    for _ in range(rounds):
        connection = AsyncEmbeddedSurrealConnection("mem://")
        await connection.connect()
        await connection.query_raw("USE NS a DB b; CREATE counter:1 SET n = 0")

        async def increment(connection: AsyncEmbeddedSurrealConnection = connection) -> None:
            for _ in range(INCREMENTS):
                while True:
                    reply = await connection.query_raw("USE NS a DB b; BEGIN; UPDATE counter:1 SET n += 1; COMMIT")
                    if all(answer["status"] == "OK" for answer in reply["result"]):
                        break

        await asyncio.gather(*(increment() for _ in range(WRITERS)))
        reply = await connection.query_raw("USE NS a DB b; SELECT VALUE n FROM counter")
        lost += WRITERS * INCREMENTS - reply["result"][1]["result"][0]
        await connection.close()
    return f"{lost} of {rounds * WRITERS * INCREMENTS} acknowledged updates lost"


async def _moments() -> str:
    fractions = ("", ".1", ".123", ".123456", ".5", ".999999")
    async with EmbeddedEngine(None, SystemClock()) as engine:
        await engine.execute(BINDING, "DEFINE INDEX at_index ON thing FIELDS at")
        for fraction in fractions:
            await engine.write(BINDING, f"CREATE thing SET at = d'2026-01-01T00:00:00{fraction}Z'")
        since = "SELECT VALUE at FROM thing WHERE at >= d'2026-01-01T00:00:00Z' ORDER BY at"
        (found,) = await engine.read(BINDING, since)
        (ordered,) = await engine.read(BINDING, since.replace("2026", "2000", 1))
    order = "by their text, so 00.123Z after 00.123456Z and 00Z last" if ordered != sorted(ordered) else "by time"
    return f"finds {len(found)}, in the order {order}"


def _blocking() -> str:
    connection = Surreal("mem://")
    query = threading.Thread(target=connection.query_raw, args=("SLEEP 1s",))
    longest, last = 0.0, time.perf_counter()
    query.start()
    while query.is_alive():
        now = time.perf_counter()
        longest, last = max(longest, now - last), now
        time.sleep(0.001)
    longest = max(longest, time.perf_counter() - last)
    connection.close()
    return f"this thread stood still for {longest:.2f} s"
