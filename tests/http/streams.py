"""A server on a real socket, for what goes on until one of both sides ends it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn

from server.app import Server
from server.serving import bound, listener_config


@asynccontextmanager
async def served(server: Server) -> AsyncIterator[str]:
    """Serve until the block is left; the address to call."""
    listener = uvicorn.Server(listener_config(server))
    with bound("127.0.0.1", 0) as listening:
        serving = asyncio.create_task(listener.serve([listening]))
        while not listener.started:  # noqa: ASYNC110  # the listener has no event for it
            await asyncio.sleep(0.001)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.events.close()
        listener.should_exit = True
        await serving
