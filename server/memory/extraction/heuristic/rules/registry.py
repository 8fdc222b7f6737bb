"""Which rules are asked about which verb."""

from collections import defaultdict
from collections.abc import Sequence

from server.memory.extraction.heuristic.predicates import Predicate
from server.memory.extraction.heuristic.rules import (
    animals,
    appositions,
    being,
    belongings,
    deeds,
    duties,
    family,
    habits,
    health,
    naming,
    pastimes,
    places,
    plans,
    slots,
    studies,
    tastes,
    things,
    tools,
    work,
)
from server.memory.extraction.heuristic.rules.rule import Rule

FAMILIES = (
    slots,
    naming,
    family,
    being,
    work,
    duties,
    places,
    animals,
    belongings,
    health,
    studies,
    tastes,
    pastimes,
    tools,
    things,
    deeds,
    plans,
    habits,
)
BESIDE: tuple[Rule, ...] = (*slots.EVERY, *being.EVERY, *work.EVERY, *habits.EVERY, *tastes.EVERY, *appositions.EVERY)
"""Rules for any verb."""
OF_WHAT_COMES = frozenset({*plans.OF_WHAT_COMES, *work.OF_WHAT_COMES, *being.OF_WHAT_COMES, *appositions.EVERY})
"""Rules that read what will be, too."""
OF_WHAT_CAN_BE = frozenset(
    {
        *pastimes.OF_WHAT_CAN_BE,
        *tastes.OF_WHAT_CAN_BE,
        *health.OF_WHAT_CAN_BE,
        *slots.OF_WHAT_CAN_BE,
        *appositions.EVERY,
    }
)
"""Rules that read what somebody can or cannot do, too."""


class Registry:
    """The rules of every family by the base form of the verb they read."""

    def __init__(self) -> None:
        by_verb: defaultdict[str, dict[Rule, None]] = defaultdict(dict)
        for rules in FAMILIES:
            for lemma, found in rules.RULES.items():
                by_verb[lemma].update(dict.fromkeys(found))
        self._by_verb = {lemma: tuple(found) for lemma, found in by_verb.items()}

    def for_predicate(self, predicate: Predicate) -> Sequence[Rule]:
        """The rules that may read a clause: of what will be or could be, only few say anything that holds."""
        rules = (*self._by_verb.get(predicate.lemma, ()), *BESIDE)
        if predicate.future or predicate.modal == "will":
            return [rule for rule in rules if rule in OF_WHAT_COMES]
        if predicate.modal == "can":
            return [rule for rule in rules if rule in OF_WHAT_CAN_BE]
        return rules
