"""From what a turn states to the rows that are to be written, without writing any."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from surrealdb import RecordID

from server.core.ids import Ids
from server.core.vocabulary.keys import key_named
from server.memory.beliefs import StoredAttribute
from server.memory.extraction.diff import Attribute, Correction, Extraction, Relation
from server.memory.names import normalised
from server.memory.reconciliation.attributes import AttributeBook, Claim, Placed
from server.memory.reconciliation.basis import Basis
from server.memory.reconciliation.directives import DirectiveBook
from server.memory.reconciliation.effects import (
    AttributeEffect,
    CorrectionEffect,
    Effects,
    EntityAction,
    EntityEffect,
    RelationEffect,
    UncertaintyEffect,
)
from server.memory.reconciliation.known import Known
from server.memory.reconciliation.relations import SINGLE, RelationBook, Tie
from server.memory.reconciliation.resolving import Resolution, Resolved

NAMES = frozenset({"name", "nickname"})


@dataclass(frozen=True, slots=True)
class Doubt:
    """An uncertainty to be recorded; `claim` is the fact that an authority contradicted."""

    id: RecordID
    about: str
    reason: str
    claim: Claim | None = None


class Planner:
    """Works one extraction into what is known of it; afterwards its parts hold what there is to write."""

    def __init__(self, basis: Basis, resolution: Resolution, known: Known, ids: Ids) -> None:
        self.basis = basis
        self.attributes = AttributeBook(basis, ids, known.attributes)
        self.relations = RelationBook(basis, ids, known.relations)
        self.entities = dict(resolution.entities)
        self.directives = DirectiveBook(basis, ids, known.instructions)
        self.doubts: list[Doubt] = []
        self.effects = Effects()
        self._resolution = resolution
        self._ids = ids

    def work_in(self, extraction: Extraction) -> None:
        """Corrections come first: what they end must not be found again by what replaces it."""
        self.effects.entities += [_entity_effect(one) for one in self.entities.values()]
        for correction in extraction.corrections:
            self._correct(correction, extraction)
        for attribute in extraction.attributes:
            if not self._is_replaced(attribute, extraction.attributes):
                self._attribute(attribute)
        for relation in extraction.relations:
            if not self._is_exchanged(relation, extraction.relations):
                self._relation(relation)
        self.effects.instructions += [self.directives.state(one) for one in extraction.instructions]
        for uncertainty in extraction.uncertainties:
            self._doubt(uncertainty.about, uncertainty.reason)
        for ref, candidates in self._resolution.torn.items():
            names = " or ".join(sorted(candidate.name for candidate in candidates))
            self._doubt(ref.name, f"It is not clear which {ref.name} is meant: {names}.")

    def _is_replaced(self, denied: Attribute, all_stated: Sequence[Attribute]) -> bool:
        """Whether a denial goes with the new value that ends what is denied: from Berlin to Munich."""
        entity = self._resolution.id_of(denied.entity)
        return denied.negated and any(
            not one.negated and one.key == denied.key and self._resolution.id_of(one.entity) == entity
            for one in all_stated
            if not key_named(one.key).many
        )

    def _is_exchanged(self, denied: Relation, all_stated: Sequence[Relation]) -> bool:
        subject = self._resolution.id_of(denied.subject)
        return denied.negated and any(
            not one.negated and one.label == denied.label and self._resolution.id_of(one.subject) == subject
            for one in all_stated
            if one.label in SINGLE
        )

    def _attribute(self, stated: Attribute) -> None:
        claim = self._claim(stated)
        before = self._value_in_force(claim)
        placed = self.attributes.deny(claim) if stated.negated else self.attributes.state(claim)
        for row in placed.ended:
            self.relations.end_implied(row)
        if placed.action == "disputed" and placed.row is not None:
            self._dispute(claim, placed.row, denied=stated.negated)
        if placed.action == "superseded":
            self._corrected(claim, before, claim.value)
        if placed.action == "ended":
            self._corrected(claim, placed.row.value if placed.row else claim.value, None)
        if stated.key in NAMES and placed.action in {"created", "superseded", "confirmed"} and not stated.negated:
            self._add_alias(claim.entity, stated.value)
        self.effects.attributes.append(self._attribute_effect(claim, placed, before))

    def _relation(self, stated: Relation) -> None:
        subject, target = self._resolution.id_of(stated.subject), self._resolution.id_of(stated.object)
        if subject == target:
            return
        tie = Tie(
            subject,
            stated.label,
            target,
            stated.memory_category,
            stated.confidence,
            stated.valid_from,
            stated.valid_until,
            stated.period,
        )
        tied = self.relations.deny(tie) if stated.negated else self.relations.state(tie)
        self.effects.relations.append(
            RelationEffect(
                self.entities[subject].ref,
                stated.label,
                self.entities[target].ref,
                self.basis.memory_category or stated.memory_category,
                stated.confidence,
                tied.action,
                tied.row.id if tied.row else None,
                tied.row.valid_from if tied.row else None,
                tied.row.valid_until if tied.row else None,
            )
        )

    def _correct(self, correction: Correction, extraction: Extraction) -> None:
        """End what was wrong, and state what is right unless the turn states it by itself."""
        entity = self._resolution.id_of(correction.entity)
        edges = self.relations.named(entity, correction.key)
        stated = [one for one in extraction.attributes if self._resolution.id_of(one.entity) == entity]
        stated = [one for one in stated if one.key == correction.key]
        if edges and not stated:
            self._correct_edge(correction, entity)
            return
        wrong = correction.old
        if wrong is not None and not any(one.negated for one in stated) and self._must_be_ended(correction):
            self._attribute(self._as_attribute(correction, wrong, negated=True))
        elif wrong is not None:
            self.effects.corrected(CorrectionEffect(self.entities[entity].ref, correction.key, wrong, correction.new))
        if correction.new is not None and not any(not one.negated for one in stated):
            self._attribute(self._as_attribute(correction, correction.new, negated=False))

    def _must_be_ended(self, correction: Correction) -> bool:
        """A single value ends by being replaced."""
        return correction.new is None or key_named(correction.key).many

    def _correct_edge(self, correction: Correction, entity: RecordID) -> None:
        for row in self.relations.named(entity, correction.key):
            named = row.object_names
            wrong = correction.old is None or normalised(correction.old) in named
            if wrong and not (correction.new and normalised(correction.new) in named):
                self.relations.end(row)
        self.effects.corrected(
            CorrectionEffect(self.entities[entity].ref, correction.key, correction.old, correction.new)
        )

    def _as_attribute(self, correction: Correction, value: str, *, negated: bool) -> Attribute:
        category = key_named(correction.key).category
        return Attribute(correction.entity, correction.key, value, category, negated=negated, correction=True)

    def _dispute(self, claim: Claim, authority: StoredAttribute, *, denied: bool) -> None:
        said = f"was said not to be {claim.value}" if denied else f"was said to be {claim.value}"
        reason = f"It {said}, but {authority.value} comes from an authoritative source and stays."
        self._doubt(f"{self.entities[claim.entity].ref.name}: {claim.key}", reason, claim)

    def _doubt(self, about: str, reason: str, claim: Claim | None = None) -> None:
        doubt = Doubt(RecordID("uncertainty", self._ids.id()), about, reason, claim)
        self.doubts.append(doubt)
        self.effects.uncertainties.append(UncertaintyEffect(doubt.id, about, reason))

    def _claim(self, stated: Attribute) -> Claim:
        return Claim(
            self._resolution.id_of(stated.entity),
            stated.key,
            stated.value,
            stated.memory_category,
            stated.confidence,
            stated.valid_from,
            stated.valid_until,
            stated.period,
        )

    def _value_in_force(self, claim: Claim) -> str | None:
        """The one value of a key before the claim; a key of many values has no one value."""
        if key_named(claim.key).many:
            return None
        rows = [row for row in self.attributes.ledger if (row.entity, row.key) == (claim.entity, claim.key)]
        return next((row.value for row in rows if row.current_key and row.in_force(self.basis.said_at)), None)

    def _corrected(self, claim: Claim, old: str | None, new: str | None) -> None:
        self.effects.corrected(CorrectionEffect(self.entities[claim.entity].ref, claim.key, old, new))

    def _add_alias(self, entity: RecordID, name: str) -> None:
        known = self.entities[entity]
        self.entities[entity] = replace(known, candidate=known.candidate.with_alias(normalised(name)))

    def _attribute_effect(self, claim: Claim, placed: Placed, before: str | None) -> AttributeEffect:
        row = placed.row if placed.action != "disputed" else None
        return AttributeEffect(
            self.entities[claim.entity].ref,
            claim.key,
            row.value if row and placed.action == "ended" else claim.value,
            row.memory_category if row else self.basis.memory_category or claim.memory_category,
            claim.confidence,
            placed.action,
            row.id if row else None,
            before if placed.action in {"superseded", "disputed"} else None,
            row.valid_from if row else None,
            row.valid_until if row else None,
        )


def _entity_effect(one: Resolved) -> EntityEffect:
    action: EntityAction = "matched" if one.known else "revived" if one.stored else "created"
    ref, candidate = one.ref, one.candidate
    return EntityEffect(candidate.id, ref.type, ref.name, candidate.memory_category, action)
