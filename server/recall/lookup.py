"""What the names and keywords of a question lead to."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from server.core.waiting import let_go
from server.index.analysis import STOP_WORDS
from server.index.chunk import KNOWLEDGE, Id
from server.index.entity import Entity
from server.index.search import Index
from server.recall.asking import Asking
from server.recall.beliefs import Instant
from server.recall.bridges import Bridge, bridges
from server.recall.facts import Findings, about
from server.recall.passages import Links
from server.recall.seeds import mentions, named
from server.recall.understanding import Understanding
from server.store.engine import Database

_STOP_WORDS = frozenset(STOP_WORDS.split())


@dataclass(frozen=True, slots=True)
class Known:
    """What is believed of whom the question names, and the documents it shares keywords with."""

    findings: Findings
    bridges: Mapping[str, Sequence[Bridge]]

    @property
    def fingerprint(self) -> tuple[object, ...]:
        """Differs as soon as an answer that rests on it may."""
        return *self.findings.fingerprint, tuple(sorted(self.bridges))


class LookUp:
    """Asks the database, as far as the question's mode has a use for the answers, until its block is left.

    The links are there before all is known: a search can go on with them while facts are still being read.
    """

    def __init__(
        self, database: Database, index: Index, asking: Asking, understanding: Understanding, instant: Instant
    ) -> None:
        self._database = database
        self._index = index
        self._asking = asking
        self._understanding = understanding
        self._instant = instant

    async def __aenter__(self) -> Self:
        self._bridges = asyncio.ensure_future(self._look_up_bridges())
        self._seeds = asyncio.ensure_future(self._look_up_names())
        self._mentions = asyncio.ensure_future(self._look_up_mentions())
        self._findings = asyncio.ensure_future(self._look_up_facts())
        return self

    async def __aexit__(self, *_: object) -> None:
        await let_go(self._findings, self._mentions, self._seeds, self._bridges)

    async def links(self) -> Links:
        """What leads to chunks of memory and to documents."""
        return Links(await self._mentions, await self._bridges)

    async def known(self) -> Known:
        """Everything."""
        return Known(await self._findings, await self._bridges)

    async def _look_up_names(self) -> Sequence[Entity]:
        asking = self._asking
        if asking.mode == "hybrid_graph" or asking.wants("fact"):
            return await named(self._database, self._index, asking.visibility, self._understanding)
        return ()

    async def _look_up_bridges(self) -> Mapping[str, Sequence[Bridge]]:
        asking = self._asking
        if asking.mode != "hybrid_graph" or not asking.wants("document"):
            return {}
        if not await self._index.holds(self._database, KNOWLEDGE):
            return {}
        return await bridges(self._database, asking.visibility, self._understanding.names(_STOP_WORDS))

    async def _look_up_mentions(self) -> Mapping[Id, int]:
        return await mentions(self._database, await self._seeds)

    async def _look_up_facts(self) -> Findings:
        return await about(self._database, self._asking.visibility, self._instant, await self._seeds)
