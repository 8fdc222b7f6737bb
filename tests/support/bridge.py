"""A SurrealDB server for tests: the embedded engine behind a WebSocket, with sign-in and a session a connection.

Run as a process of its own: `python -m tests.support.bridge PORT USERNAME PASSWORD [FOLDER]`; port 0 takes a free one.
Prints `listening on PORT` once it serves, and leaves at SIGTERM or SIGINT.
"""

import asyncio
import contextlib
import os
import signal
import sys
import uuid

from surrealdb.data.cbor import decode, encode
from surrealdb_embedded import AsyncEmbeddedDB
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

LARGEST_MESSAGE = 128 * 1024 * 1024
SMALL_MAPS = range(0xA0, 0xB7)
SESSION_KEY = encode("session")
UUID_TAG = b"\xd8\x25\x50"


class Bridge:
    def __init__(self, database: AsyncEmbeddedDB) -> None:
        self._database = database

    async def serve(self, socket: ServerConnection) -> None:
        """Answer one client's frames, many at a time, in a session that ends with the connection."""
        session = uuid.uuid4()
        await self.call("attach", [], session)
        running: set[asyncio.Task[None]] = set()
        try:
            async for frame in socket:
                if isinstance(frame, bytes):
                    task = asyncio.create_task(self._answer(socket, with_session(frame, session)))
                    running.add(task)
                    task.add_done_callback(running.discard)
        except ConnectionClosed:
            pass  # a client that leaves without a goodbye is nothing unusual
        finally:
            if running:
                await asyncio.wait(running)
            await self.call("detach", [], session)

    async def call(self, method: str, params: list[object], session: uuid.UUID | None = None) -> object:
        """One request of the bridge's own."""
        frame = encode({"id": method, "method": method, "params": params})
        answer = decode(await self._database.execute(with_session(frame, session) if session else frame))
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer["result"]

    async def _answer(self, socket: ServerConnection, frame: bytes) -> None:
        answer = await self._database.execute(frame)
        with contextlib.suppress(ConnectionClosed):
            await socket.send(answer)


def with_session(frame: bytes, session: uuid.UUID) -> bytes:
    """The frame, a CBOR map, with one entry more; decoding and encoding it again could change its values."""
    if frame[0] not in SMALL_MAPS:
        raise ValueError("a request is a small map")
    return bytes([frame[0] + 1]) + frame[1:] + SESSION_KEY + UUID_TAG + session.bytes


async def main(port: int, username: str, password: str, folder: str | None) -> None:
    database = AsyncEmbeddedDB(f"surrealkv://{folder}" if folder else "mem://")
    await database.connect()
    bridge = Bridge(database)
    await bridge.call("query", [f"DEFINE USER OVERWRITE {username} ON ROOT PASSWORD '{password}' ROLES OWNER", {}])
    leave = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, leave.set)
    async with serve(
        bridge.serve, "127.0.0.1", port, subprotocols=[Subprotocol("cbor")], max_size=LARGEST_MESSAGE
    ) as server:
        sys.stdout.write(f"listening on {next(iter(server.sockets)).getsockname()[1]}\n")
        sys.stdout.flush()
        await leave.wait()
    await database.close()
    # The engine's threads may still be at work, and an interpreter that ends under them aborts.
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4] if len(sys.argv) > 4 else None))
