"""A dump from a server that offers transactions over several queries.

The embedded engine behind the bridge has none, so that this bridge keeps count of them and leaves out the isolation:
what is shown is that every row is read inside of one transaction, which is given up in the end.
"""

import uuid
from typing import Any

import pytest
from surrealdb.data.cbor import decode, encode
from surrealdb_embedded import AsyncEmbeddedDB
from websockets.asyncio.server import ServerConnection, serve
from websockets.typing import Subprotocol

from server.core.clock import SystemClock
from server.store.binding import Binding
from server.store.remote import RemoteEngine
from tests.store.dumps.world import dumped, filled, loaded, migrated, totals
from tests.support.bridge import Bridge
from tests.support.database_server import PASSWORD, USERNAME

SOURCE = Binding("acme", "prod")


class CountingBridge(Bridge):
    def __init__(self, database: AsyncEmbeddedDB) -> None:
        super().__init__(database)
        self.open: set[str] = set()
        self.inside: list[str] = []
        self.outside: list[str] = []

    async def _answer(self, socket: ServerConnection, frame: bytes) -> None:
        request: dict[str, Any] = decode(frame)
        transaction = request.pop("txn", None)
        if request["method"] == "begin":
            begun = uuid.uuid4()
            self.open.add(str(begun))
            await socket.send(encode({"id": request["id"], "result": begun}))
        elif request["method"] == "cancel":
            self.open.remove(str(request["params"][0]))
            await socket.send(encode({"id": request["id"], "result": None}))
        else:
            if request["method"] == "query":
                (self.inside if transaction in self.open else self.outside).append(request["params"][0])
            await super()._answer(socket, encode(request) if transaction else frame)


@pytest.mark.parametrize("form", ["blocks", "literals"])
async def test_all_rows_are_read_in_one_transaction(form: Any) -> None:
    database = AsyncEmbeddedDB("mem://")
    await database.connect()
    bridge = CountingBridge(database)
    await bridge.call("query", [f"DEFINE USER {USERNAME} ON ROOT PASSWORD '{PASSWORD}' ROLES OWNER", {}])
    async with serve(bridge.serve, "127.0.0.1", 0, subprotocols=[Subprotocol("cbor")], max_size=None) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        url = f"ws://127.0.0.1:{port}"
        async with RemoteEngine(url, username=USERNAME, password=PASSWORD, clock=SystemClock()) as engine:
            await migrated(engine, SOURCE)
            await filled(engine, SOURCE, seed=2, rows=40)
            bridge.outside.clear()

            dump = await dumped(engine, SOURCE, form)

            assert not [text for text in bridge.outside if "SELECT" in text]
            assert sum("SELECT * FROM" in text for text in bridge.inside) > 40
            assert not bridge.open
            target = Binding("acme", "other")
            await loaded(engine, target, dump)
            assert await totals(engine, target) == await totals(engine, SOURCE)
    await database.close()
