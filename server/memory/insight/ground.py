"""The beliefs that conclusions are drawn from, scope by scope, and how a conclusion is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from surrealdb import RecordID

from server.core.clock import Clock
from server.core.scope import Scope
from server.core.visibility import Visibility
from server.memory.beliefs import Source, SourceKind
from server.memory.derivation import Derivation, Derived
from server.memory.entities import StoredEntity
from server.memory.extraction.diff import EntityRef, Extraction
from server.memory.reading.beliefs import Beliefs, everything
from server.memory.reading.instant import Instant
from server.memory.reconciliation.basis import Basis
from server.memory.speaker import user_of
from server.memory.tools import Tools


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a caller sees, and from whose scopes on it may write; general knowledge only with `general`."""

    visibility: Visibility
    floor: Scope
    general: bool

    def admits(self, scope: Scope) -> bool:
        return self.floor <= scope and (bool(scope) or self.general)


@dataclass(frozen=True, slots=True)
class Ground:
    """Beliefs inside the bounds, with the entities that a conclusion can be written about by name."""

    beliefs: Beliefs
    entities: Mapping[RecordID, StoredEntity]

    def ref(self, entity: RecordID) -> EntityRef:
        known = self.entities[entity]
        return EntityRef(known.type, known.name)


class Conclusions:
    """Reads grounds and writes what follows from them, in the scope that they are of."""

    def __init__(self, derivation: Derivation, clock: Clock) -> None:
        self._derivation = derivation
        self._clock = clock

    async def ground(self, tools: Tools, bounds: Bounds, *, limit: int) -> Ground:
        now = self._clock.now()
        beliefs = await everything(tools.database, bounds.visibility, Instant.of(now), limit=limit)
        named: dict[tuple[Scope, str, str], list[StoredEntity]] = {}
        for one in beliefs.entities.values():
            if bounds.admits(one.scope) and one.forgotten_at is None:
                named.setdefault((one.scope, one.type, one.normalised), []).append(one)
        # A name that two entities of a scope share says nothing about either.
        return Ground(beliefs, {alone[0].id: alone[0] for alone in named.values() if len(alone) == 1})

    async def write(
        self, tools: Tools, scope: Scope, kind: SourceKind, drawn: Extraction, **more: Any
    ) -> Derived | None:
        now = self._clock.now()
        source = Source(kind, now, tuple(sorted(more.items())))
        return await self._derivation.derive(tools, [], Basis(scope, source, now, user_of(scope)), drawn)
