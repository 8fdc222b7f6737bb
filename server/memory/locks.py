"""Locks by name: who changes the same thing waits its turn instead of losing a transaction."""

import asyncio
from collections.abc import Hashable
from weakref import WeakValueDictionary


class Locks:
    """One lock a name while somebody holds or awaits it; between processes the database decides."""

    def __init__(self) -> None:
        self._held: WeakValueDictionary[Hashable, asyncio.Lock] = WeakValueDictionary()

    def of(self, name: Hashable) -> asyncio.Lock:
        return self._held.setdefault(name, asyncio.Lock())
