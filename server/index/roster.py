"""The names of one Context's entities in memory, kept as the database has them."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence

from server.core.visibility import Visibility
from server.index import entity, reading
from server.index.chunk import Id, id_of
from server.index.entity import Entity
from server.store.engine import Database

# Of more entities than this, which take about a kilobyte each, the database is asked.
MOST = 100_000


class Roster:
    """Who is called what. It answers once everything was read, and whenever nothing it was told of is still unread."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._entities: dict[Id, Entity] = {}
        self._called: dict[str, set[Id]] = {}
        self._also_called: dict[str, set[Id]] = {}
        self._changing = asyncio.Lock()
        self._told = 0
        self._unread: dict[Id, int] = {}
        self._complete = False
        self._given_up = False

    @property
    def reliable(self) -> bool:
        """Whether it has what the database has."""
        return self._complete and not self._unread and not self._given_up

    @property
    def everybody(self) -> Mapping[Id, Entity]:
        """All by their ids; not to be kept."""
        return self._entities

    def named(self, names: Sequence[str], visibility: Visibility, most: int) -> list[Entity]:
        """The visible ones with one of these names: those that are called so before those that are also called so."""
        found: dict[Id, Entity] = {}
        for called in (self._called, self._also_called):
            for name in names:
                for one in sorted(called.get(name, ())):
                    if one not in found and visibility.admits(self._entities[one].scope):
                        found[one] = self._entities[one]
        return list(found.values())[:most]

    async def read(self, database: Database) -> None:
        """Read all there is; what changes meanwhile is told as well, and comes in between."""
        self._given_up = await reading.count(database, entity.TABLE) > self._most
        after: Id | None = None
        while not self._given_up:
            # A page is read and applied with no change in between, so that nobody comes back after their removal.
            async with self._changing:
                found, after = await entity.page(database, after)
                self._put(found)
            if after is None:
                self._complete = True
                break

    async def changed(self, database: Database, ids: Iterable[Id]) -> None:
        """Read these again; should that fail, it is made up for the next time, and nobody relies on this until then."""
        self._told += 1
        self._unread.update(dict.fromkeys(ids, self._told))
        async with self._changing:
            unread = dict(self._unread)
            found = await entity.living(database, list(unread)) if unread else []
            for one in unread:
                self._drop(one)
            self._put(found)
            # What was told again since then is still to be read by whoever told it.
            self._unread = {one: told for one, told in self._unread.items() if unread.get(one) != told}

    def _put(self, found: Iterable[Entity]) -> None:
        for one in found:
            key = id_of(one.id)
            self._drop(key)
            self._entities[key] = one
            for called, name in self._names(one):
                called.setdefault(name, set()).add(key)
        if len(self._entities) > self._most:
            self._given_up = True
        if self._given_up:
            for held in (self._entities, self._called, self._also_called):
                held.clear()

    def _drop(self, key: Id) -> None:
        gone = self._entities.pop(key, None)
        for called, name in self._names(gone) if gone else ():
            called[name].discard(key)
            if not called[name]:
                del called[name]

    def _names(self, one: Entity) -> list[tuple[dict[str, set[Id]], str]]:
        called = [(self._called, one.normalised)] if one.normalised else []
        return [*called, *((self._also_called, alias) for alias in set(one.aliases))]
