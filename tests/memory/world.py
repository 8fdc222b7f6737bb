"""One Context to state things in, and what is believed in it afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from server.core.ids import Ids
from server.core.scope import Scope, parse
from server.core.vocabulary.keys import MemoryCategory
from server.index.writes import NoIndex
from server.memory.beliefs import Source, SourceKind, StoredAttribute, StoredRelation, attribute_from, relation_from
from server.memory.derivation import Derivation, Derived
from server.memory.extraction.diff import (
    Attribute,
    Correction,
    Entity,
    EntityRef,
    Extraction,
    Instruction,
    Relation,
    Uncertainty,
)
from server.memory.extraction.extractor import TurnInput
from server.memory.locks import Locks
from server.memory.reconciliation.basis import Basis
from server.memory.sessions import Sessions
from server.memory.tools import Tools
from server.memory.turns import NewTurn, Turns
from server.models.local import LocalEmbedder
from server.store.engine import Database
from tests.support.clock import FakeClock

SCOPE = parse("org/acme/user/alice")
EMBEDDER = LocalEmbedder()


class Silent:
    """An extractor that finds nothing, for tests that state their diffs themselves."""

    async def extract(self, turn: TurnInput, known: Sequence[EntityRef] = ()) -> Extraction:  # noqa: ARG002  # says nothing
        return Extraction()


def ref(name: str, type_name: str = "Person") -> EntityRef:
    return EntityRef(type_name, name)


def fact(
    name: str,
    key: str,
    value: str,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    negated: bool = False,
    category: MemoryCategory = "identity",
    type_name: str = "Person",
) -> Attribute:
    return Attribute(ref(name, type_name), key, value, category, valid_from=since, valid_until=until, negated=negated)


Statement = Attribute | Relation | Correction | Instruction | Uncertainty | Entity


def diff(*stated: Statement) -> Extraction:
    return Extraction(
        entities=tuple(one for one in stated if isinstance(one, Entity)),
        attributes=tuple(one for one in stated if isinstance(one, Attribute)),
        relations=tuple(one for one in stated if isinstance(one, Relation)),
        corrections=tuple(one for one in stated if isinstance(one, Correction)),
        instructions=tuple(one for one in stated if isinstance(one, Instruction)),
        uncertainties=tuple(one for one in stated if isinstance(one, Uncertainty)),
    )


@dataclass
class World:
    """States diffs as if an extractor had found them in turns."""

    database: Database
    clock: FakeClock
    ids: Ids = field(default_factory=Ids)

    def __post_init__(self) -> None:
        self.sessions = Sessions(self.clock, self.ids)
        self.turns = Turns(self.clock, self.ids)
        self.derivation = Derivation(NoIndex(), Locks(), self.clock, self.ids)
        self.tools = Tools(self.database, EMBEDDER, Silent())
        self._session: dict[Scope, str] = {}

    async def state(
        self,
        *stated: Statement,
        scope: Scope = SCOPE,
        kind: SourceKind = "turn",
        said_at: datetime | None = None,
        text: str = "Something was said.",
        derivation: Derivation | None = None,
    ) -> Derived:
        """Store a turn, work a diff in, and let a second pass."""
        if scope not in self._session:
            made = await self.sessions.create(self.database, scope)
            self._session.setdefault(scope, made.id)
        new = NewTurn("user", text, said_at)
        (turn,) = await self.turns.append(self.database, self._session[scope], scope, [new])
        basis = Basis(scope, Source(kind, turn.said_at), self.clock.now(), ref("alice"), turn.record)
        derived = await (derivation or self.derivation).derive(self.tools, [turn], basis, diff(*stated))
        assert derived is not None
        self.clock.advance(1)
        return derived

    async def attributes(self, name: str | None = None, key: str | None = None) -> list[StoredAttribute]:
        """Every stored value, in the order in which they were recorded."""
        rows = await self.database.rows(
            "SELECT * FROM attribute WHERE ($name = NONE OR entity.name = $name) AND ($key = NONE OR key = $key) "
            "ORDER BY created_at",
            {"name": name, "key": key},
        )
        return [attribute_from(row) for row in rows]

    async def current(self, name: str, key: str, scope: Scope = SCOPE) -> list[str]:
        """The values that hold now."""
        now = self.clock.now()
        found = [row for row in await self.attributes(name, key) if row.holds(now, now) and row.scope == scope]
        return sorted(row.value for row in found)

    async def relations(self) -> list[StoredRelation]:
        return [relation_from(row) for row in await self.database.rows("SELECT * FROM relates_to ORDER BY created_at")]

    async def edges(self) -> set[tuple[str, str, str]]:
        """The relations that hold now, by the names of their ends."""
        rows = await self.database.rows(
            "SELECT in.name AS subject, label, out.name AS object FROM relates_to "
            "WHERE valid_until = NONE OR valid_until > $now",
            {"now": self.clock.now()},
        )
        return {(row["subject"], row["label"], row["object"]) for row in rows}

    async def names(self, type_name: str = "Person") -> set[str]:
        return {
            row["name"] for row in await self.database.rows("SELECT type, name FROM entity") if row["type"] == type_name
        }
