"""Conclusions that are drawn from what is remembered."""

from dataclasses import field
from typing import Any

from pydantic.dataclasses import dataclass

from spectron.models.record import Record


@dataclass(frozen=True, kw_only=True)
class Observation(Record):
    """What several facts of an entity come to."""

    entity_name: str
    key: str
    kind: str
    """Whether it is new or replaces another: `create`, `update` or `supersede`."""
    value: str
    proof_count: int = 0
    rationale: str | None = None
    observation_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Consolidation(Record):
    """The observations that were brought in step with the facts, or would be."""

    created: int
    updated: int
    superseded: int
    outcomes: tuple[Observation, ...] = ()
    dry_run: bool = False
    trace_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Elaborated(Record):
    """The relations of one entity that follow from those that are known."""

    entity_name: str
    entity_type: str
    relations_emitted: int
    proposed_relations: tuple[dict[str, Any], ...] = field(default_factory=tuple)


@dataclass(frozen=True, kw_only=True)
class Elaboration(Record):
    """The relations that were added, or would be, entity by entity."""

    relations_emitted: int
    outcomes: tuple[Elaborated, ...] = ()
    dry_run: bool = False
    trace_id: str | None = None
