"""Applies the schema of a Context to one database after another, and says how far it is.

`python -m tests.store.apply_migrations PLACE NAMESPACE COUNT`; the place is a server's address or a folder.
"""

import asyncio
import sys
from pathlib import Path

from server.core.clock import SystemClock
from server.store.binding import Binding
from server.store.embedded import EmbeddedEngine
from server.store.engine import Engine
from server.store.migrations import Migrator, load
from server.store.remote import RemoteEngine
from tests.support.database_server import PASSWORD, USERNAME


def engine_at(place: str) -> Engine:
    if place.startswith("ws://"):
        return RemoteEngine(place, username=USERNAME, password=PASSWORD, clock=SystemClock())
    return EmbeddedEngine(Path(place), SystemClock())


async def main(place: str, namespace: str, count: int) -> None:
    engine = engine_at(place)
    await engine.open()
    migrator = Migrator(engine, SystemClock())
    for number in range(count):
        applied = await migrator.apply(Binding(namespace, f"d{number}"), load("context"))
        sys.stdout.write(f"d{number}: {len(applied)} applied\n")
        sys.stdout.flush()
    await engine.close()
    sys.stdout.write("done\n")
    await asyncio.sleep(0.5)  # the embedded engine needs this between closing and the interpreter's end


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
