"""What recall answers with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from server.core.scope import Scope
from server.recall.asking import Kind

Tier = Literal["direct", "cache", "hybrid", "full_context"]


@dataclass(frozen=True, slots=True)
class Hit:
    """A piece of evidence, and where it comes from; `id` is the record's, written `table:key`."""

    id: str
    kind: Kind
    score: float
    text: str
    scope: Scope
    said_at: datetime
    labels: frozenset[str] = frozenset()
    turn_id: str | None = None
    session_id: str | None = None
    role: str | None = None
    document_id: str | None = None
    chunk_id: str | None = None
    title: str | None = None
    section: str | None = None
    entity: str | None = None
    entity_type: str | None = None
    key: str | None = None
    value: str | None = None
    signals: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Recalled:
    """The answer to a question: the evidence, best first, and how it was come by.

    `withheld` counts what was left out because not everybody may see it who may see what is made of the rest. `note`
    says why it was not come by as it should have been.
    """

    tier: Tier
    tier_reason: str
    hits: Sequence[Hit]
    seed_entities: Sequence[str]
    classification: str
    candidates: Sequence[Mapping[str, Any]] = ()
    bridges: Mapping[str, Sequence[str]] = field(default_factory=dict)
    withheld: int = 0
    note: str | None = None

    @property
    def sources(self) -> list[str]:
        """The records that the answer rests on."""
        return [hit.id for hit in self.hits]

    def shareable(self, scope: Scope) -> "Recalled":
        """Only what everybody may see who may see a record of that scope, such as an answer that is kept there."""
        kept = [hit for hit in self.hits if not hit.scope or (scope and scope <= hit.scope)]
        return self if len(kept) == len(self.hits) else replace(self, hits=kept, withheld=len(self.hits) - len(kept))
