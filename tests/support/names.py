"""That whoever can be named is found in memory as in the database, however they got there or went."""

from server.app import Server
from server.core.visibility import visible
from server.index import entity
from server.index.local import LocalIndex
from server.store.binding import Binding
from server.store.engine import Database

ANYBODY = visible(frozenset())
EVER = "array::distinct(array::flatten((SELECT VALUE array::concat([normalised], aliases ?? []) FROM entity)))"


async def follow(server: Server, binding: Binding) -> None:
    """Have the names of a Context kept in memory from now on."""
    await found(server, binding, ["nobody"])
    if isinstance(server.index, LocalIndex):
        await server.index.caught_up(Database(server.engine, binding))


async def compare(server: Server, binding: Binding) -> set[str]:
    """Whoever is found by any name that anybody ever had; in memory they are the same as in the database."""
    database = Database(server.engine, binding)
    (ever,) = await database.read(EVER)
    names = [name for name in ever if name]
    held = {str(one) for one in await entity.named(database, names, ANYBODY, len(names) + 1)}
    kept = await found(server, binding, names)
    assert kept == held
    return kept


async def found(server: Server, binding: Binding, names: list[str]) -> set[str]:
    database = Database(server.engine, binding)
    return {str(one) for one in await server.index.named(database, names, ANYBODY, len(names) + 1)}
