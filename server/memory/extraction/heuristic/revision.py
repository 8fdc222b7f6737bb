"""Putting the sentences of a turn together, with what they correct in one another."""

from collections.abc import Sequence

from server.core.vocabulary.keys import key_named
from server.memory.extraction.diff import Attribute, Correction, EntityRef, Extraction
from server.memory.extraction.heuristic.findings import Findings


def merged(found: Sequence[Findings]) -> Extraction:
    """One diff of all sentences, each thing once."""
    whole = Findings()
    for findings in found:
        for ref, entity in findings.entities.items():
            whole.entity(ref, *entity.aliases)
        for key, attribute in findings.attributes.items():
            whole.attributes.setdefault(key, attribute)
        for place, relation in findings.relations.items():
            whole.relations.setdefault(place, relation)
        for text, instruction in findings.instructions.items():
            whole.instructions.setdefault(text, instruction)
        for about, uncertainty in findings.uncertainties.items():
            whole.uncertainties.setdefault(about, uncertainty)
        for correction in _paired(tuple(findings.corrections), tuple(findings.attributes.values())):
            whole.corrections[correction] = None
    return whole.extraction()


def _paired(corrections: Sequence[Correction], attributes: Sequence[Attribute]) -> Sequence[Correction]:
    """Of one sentence: `not a doctor, a pharmacist` and `left Vienna, now live in Graz` are one change each."""
    pairs: dict[tuple[EntityRef, str], Correction] = {}
    for attribute in attributes:
        if not attribute.negated or key_named(attribute.key).many:
            continue
        new = next(
            (
                other.value
                for other in attributes
                if other.entity == attribute.entity and other.key == attribute.key and not other.negated
            ),
            None,
        )
        if new is not None:
            pairs[attribute.entity, attribute.key] = Correction(attribute.entity, attribute.key, attribute.value, new)
    kept = [correction for correction in corrections if (correction.entity, correction.key) not in pairs]
    return (*kept, *pairs.values())
