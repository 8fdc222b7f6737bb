"""The rosters of the Contexts that were asked for a name, each read in the background when that happens first."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence

import structlog

from server.core.errors import SpectronError
from server.core.visibility import Visibility
from server.core.waiting import ended
from server.index.chunk import Id
from server.index.entity import Entity, named
from server.index.roster import Roster
from server.store.binding import Binding
from server.store.engine import Database

log = structlog.get_logger(__name__)


class Rosters:
    """Finds entities by their names: in memory if it can, and else in the database."""

    def __init__(self) -> None:
        self._rosters: dict[Binding, Roster] = {}
        self._reading: dict[Binding, asyncio.Task[None]] = {}

    async def named(self, database: Database, names: Sequence[str], visibility: Visibility, most: int) -> list[Entity]:
        roster = self._rosters.get(database.binding)
        if roster is None:
            roster = self._rosters[database.binding] = Roster()
            self._reading[database.binding] = asyncio.create_task(self._read(database, roster))
        if roster.reliable:
            return roster.named(names, visibility, most)
        return await named(database, names, visibility, most)

    def everybody(self, binding: Binding) -> Mapping[Id, Entity] | None:
        """All who are known, where they are."""
        roster = self._rosters.get(binding)
        return roster.everybody if roster is not None and roster.reliable else None

    async def changed(self, database: Database, ids: Iterable[Id]) -> None:
        """Take in what was committed; until that was possible, names are looked up in the database."""
        roster = self._rosters.get(database.binding)
        try:
            if roster is not None:
                await roster.changed(database, ids)
        except SpectronError as error:
            log.warning("index.names_not_followed", database=str(database.binding), reason=error.detail)

    async def complete(self, binding: Binding) -> None:
        """Wait for a roster that is being read."""
        if reading := self._reading.get(binding):
            await asyncio.shield(reading)

    async def discard(self, binding: Binding) -> None:
        """Let go of a database that is dropped or filled anew."""
        if reading := self._reading.pop(binding, None):
            await ended(reading)
        self._rosters.pop(binding, None)

    async def stop(self) -> None:
        for reading in list(self._reading.values()):
            await ended(reading)

    async def _read(self, database: Database, roster: Roster) -> None:
        try:
            await roster.read(database)
            await database.engine.forget()
        except SpectronError as error:
            # Whoever asks next begins anew.
            log.warning("index.names_not_read", database=str(database.binding), reason=error.detail)
            if self._rosters.get(database.binding) is roster:
                del self._rosters[database.binding]
        finally:
            self._reading.pop(database.binding, None)
