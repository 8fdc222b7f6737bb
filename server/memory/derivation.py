"""From what a turn states to what is believed: worked out against what is known, written whole or not at all."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import get_args

from server.core.clock import Clock
from server.core.errors import TransactionConflictError
from server.core.ids import Ids
from server.core.vocabulary.keys import EntityType
from server.index.writes import IndexedChunk, IndexWrites
from server.memory.chunks import Chunk, embedded
from server.memory.extraction.diff import EntityRef, Extraction
from server.memory.locks import Locks
from server.memory.names import canonical_type
from server.memory.reconciliation.basis import Basis
from server.memory.reconciliation.commit import commit, named_anew
from server.memory.reconciliation.effects import Effects
from server.memory.reconciliation.known import read_known
from server.memory.reconciliation.planner import Planner
from server.memory.reconciliation.resolving import resolve
from server.memory.tools import Tools
from server.memory.turns import Turn
from server.store.engine import Database

ATTEMPTS = 32
LONGEST_PAUSE = 0.1


@dataclass(frozen=True, slots=True)
class Derived:
    """What became of turns: their chunks, and the effect of what they state."""

    chunks: tuple[Chunk, ...]
    effects: Effects

    @property
    def counts(self) -> dict[str, int]:
        """How much that was, by kind."""
        found = {each.name: len(getattr(self.effects, each.name)) for each in fields(Effects)}
        return found | {"chunks": len(self.chunks)}


class Derivation:
    """Works the diff of turns into a scope. Whoever works in the same scope at the same time is waited for."""

    def __init__(
        self,
        index: IndexWrites,
        locks: Locks,
        clock: Clock,
        ids: Ids,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._index = index
        self._locks = locks
        self._clock = clock
        self._ids = ids
        self._jitter = jitter

    async def derive(self, tools: Tools, turns: Sequence[Turn], basis: Basis, extraction: Extraction) -> Derived | None:
        """Write what turns of one scope state, and their chunks; None if that was done meanwhile."""
        extraction = bounded(extraction.completed(), tools)
        names = [entity.name for entity in extraction.entities]
        chunks, vectors = await embedded(tools.embedder, self._ids, turns, names)
        async with self._locks.of((tools.database.binding, basis.scope)):
            for attempt in range(ATTEMPTS):
                if attempt:
                    await self._clock.sleep(self._jitter() * LONGEST_PAUSE)
                planner = await self._planned(tools.database, basis, extraction)
                records = [turn.record for turn in turns]
                outcome = await commit(tools.database, planner, turns=records, chunks=chunks, vectors=vectors)
                if outcome != "stale":
                    break
            else:
                raise TransactionConflictError(
                    f"What is known in this scope changed {ATTEMPTS} times while a turn was worked in; try again later."
                )
        if outcome == "derived":
            return None
        await self._index.entities_changed(tools.database, named_anew(planner))
        await self._index.chunks_added(
            tools.database, [IndexedChunk(chunk.id, chunk.text, chunk.vector, basis.scope) for chunk in chunks]
        )
        return Derived(tuple(chunks), planner.effects)

    async def preview(self, tools: Tools, basis: Basis, extraction: Extraction) -> Effects:
        """What deriving would do; nothing is written."""
        planner = await self._planned(tools.database, basis, bounded(extraction.completed(), tools))
        return planner.effects

    async def _planned(self, database: Database, basis: Basis, extraction: Extraction) -> Planner:
        basis = replace(basis, recorded_at=self._clock.now())
        resolution = await resolve(database, basis, extraction.entities)
        known = await read_known(database, basis, extraction, resolution)
        planner = Planner(basis, resolution, known, self._ids)
        planner.work_in(extraction)
        return planner


def bounded(extraction: Extraction, tools: Tools) -> Extraction:
    """No more entities than a Context takes from a turn, and if it says so, none of a type outside the vocabulary."""
    known = set(get_args(EntityType))
    admitted = [
        entity for entity in extraction.entities if not tools.known_types_only or canonical_type(entity.type) in known
    ]
    admitted = admitted[: tools.max_entities]
    if len(admitted) == len(extraction.entities):
        return extraction
    refs = {entity.ref for entity in admitted}

    def kept(*named: EntityRef) -> bool:
        return refs.issuperset(named)

    return replace(
        extraction,
        entities=tuple(admitted),
        attributes=tuple(one for one in extraction.attributes if kept(one.entity)),
        relations=tuple(one for one in extraction.relations if kept(one.subject, one.object)),
        corrections=tuple(one for one in extraction.corrections if kept(one.entity)),
    )
