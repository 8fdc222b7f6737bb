"""Facts about the client over a socket."""

import asyncio
import time
from collections.abc import AsyncGenerator
from pathlib import Path

from engine_facts_timing import milliseconds
from surrealdb import AsyncWsSurrealConnection
from surrealdb.errors import SurrealError

from server.core.clock import SystemClock
from server.store.binding import Binding
from server.store.remote import RemoteEngine
from tests.support.database_server import PASSWORD, USERNAME, DatabaseServer

BINDING = Binding("acme", "prod")


async def wire_facts(folder: Path, *, quick: bool) -> AsyncGenerator[tuple[str, str], None]:
    server = DatabaseServer(folder)
    try:
        yield "the plain client after the server restarted", await _restart(server)
        engine = RemoteEngine(server.url, username=USERNAME, password=PASSWORD, clock=SystemClock())
        async with engine:
            await engine.create_database(BINDING)
            alone = await milliseconds(lambda: engine.read(BINDING, "RETURN 1"), 100)
            together = await milliseconds(
                lambda: asyncio.gather(*(engine.read(BINDING, "RETURN 1") for _ in range(500)))
            )
            yield (
                "a query over the socket, alone and side by side",
                (f"{alone:.1f} ms, {500 / together * 1000:.0f} a second"),
            )
        yield "the client gives up on an answer", "not measured (--quick)" if quick else await _patience(server)
    finally:
        server.kill()


async def _restart(server: DatabaseServer) -> str:
    client = AsyncWsSurrealConnection(server.url, streaming=False)
    await client.signin({"username": USERNAME, "password": PASSWORD})
    await asyncio.to_thread(server.restart)
    answers = []
    for _ in range(2):
        try:
            reply = await client.query_raw("RETURN 1")
            answers.append(str(reply["error"]["message"]) if "error" in reply else "answers")
        except SurrealError as error:
            answers.append(type(error).__name__)
    await client.close()
    return "; then ".join(answers)


async def _patience(server: DatabaseServer) -> str:
    client = AsyncWsSurrealConnection(server.url, streaming=False)
    await client.signin({"username": USERNAME, "password": PASSWORD})
    started = time.perf_counter()
    try:
        await client.query_raw("SLEEP 40s")
        outcome = "not at all"
    except SurrealError as error:
        outcome = f"after {time.perf_counter() - started:.0f} s ({type(error).__name__})"
    await client.close()
    return outcome
