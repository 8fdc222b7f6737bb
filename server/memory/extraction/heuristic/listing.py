"""Listing everybody and everything that a sentence names, whatever it says of them."""

from collections.abc import Sequence

from server.core.vocabulary.ties import FAMILY_NAMES, TIES
from server.memory.extraction.diff import EntityRef
from server.memory.extraction.heuristic.findings import Findings
from server.memory.extraction.heuristic.lexicon import Lexicon
from server.memory.extraction.heuristic.line import Line, Span
from server.memory.extraction.heuristic.names import Mention
from server.memory.extraction.heuristic.nouns import NounReader, Referent
from server.memory.extraction.heuristic.reading import species_of
from server.memory.extraction.heuristic.words import CONJUNCTIONS, POSSESSIVES, PREPOSITIONS, number

STREETS = frozenset({"street", "road", "avenue", "lane", "boulevard", "square", "drive"})


class Listing:
    """Tells the findings whom a sentence mentions beside what its rules found."""

    def __init__(self, nouns: NounReader, lexicon: Lexicon) -> None:
        self._nouns = nouns
        self._lexicon = lexicon

    def names(self, line: Line, end: int, findings: Findings, unmeant: Sequence[Span]) -> None:
        """Names that leave no doubt about their kind, but for those in parts that are not meant."""
        told = _names_told(findings)
        for mention in line.mentions:
            if mention.end > end or mention.type is None or _is_aside(line, mention):
                continue
            if any(start <= mention.start < stop for start, stop in unmeant):
                continue
            ref = EntityRef(mention.type, mention.name)
            if mention.title and mention.name not in _own_names(findings):
                findings.attribute(ref, "title", mention.title)
            if mention.name in told or ref == self._nouns.people.user:
                continue
            findings.entity(ref, *mention.aliases)
            if mention.type == "Person":
                self._nouns.people.speak_of(ref, mention.gender)

    def ties(self, line: Line, end: int, findings: Findings) -> None:
        """Relatives, friends and animals of somebody's."""
        i = 0
        while i < end:
            mention = line.mention_from(i)
            possessed = line.word(i) in POSSESSIVES - {"your"} or (
                mention is not None and line.word(mention.end) == "'s"
            )
            bare = self._stands_alone(line, i)
            if not (possessed or bare) or line.word(i - 1) in {"'s", "not"}:
                i += 1
                continue
            referent = self._nouns.phrase(line, (i, end), findings)
            self._tell(line, referent, findings)
            i = max(referent.end if referent.tied else i + 1, i + 1)

    def _stands_alone(self, line: Line, i: int) -> bool:
        """`mom`, `uncle Bob`: somebody of the speaker's without a possessive."""
        before, named = line.word(i - 1), line.mention_from(i + 1)
        verb = bool(self._lexicon.verbs.get(before)) or before in CONJUNCTIONS | PREPOSITIONS | {"", "i", "we"}
        opens = i == 0 or line.tokens[i - 1].kind == "mark" or verb
        uncle = line.word(i) in TIES and TIES[line.word(i)].family and named is not None and named.type == "Person"
        return opens and (line.word(i) in FAMILY_NAMES or uncle)

    def _tell(self, line: Line, referent: Referent, findings: Findings) -> None:
        tied, people = referent.tied, self._nouns.people
        if tied is None:
            self._pet(referent, findings)
            return
        if referent.mention is not None:
            people.named(tied, findings.entity(EntityRef("Person", referent.mention.name)), findings)
            return
        if tied.tie.plural and (not tied.tie.family or people.has_name(tied)):
            return
        if any(key[:2] == (tied.owner, tied.tie.label) for key in findings.relations):
            return
        people.find(tied, findings)
        amount = self._amount(line, referent)
        if tied.tie.label == "child" and tied.tie.plural and amount is not None:
            findings.attribute(tied.owner, "children", str(amount))

    def _amount(self, line: Line, referent: Referent) -> int | None:
        """`his two kids`."""
        return number(line.word(referent.end - 2)) if line.word(referent.end - 2) not in {"a", "an"} else None

    def _pet(self, referent: Referent, findings: Findings) -> None:
        species = species_of(referent, self._lexicon)
        if (
            species is None
            or referent.owner is None
            or referent.mention is None
            or referent.owner.type == "Organization"
        ):
            return
        owner = EntityRef("Person", referent.owner.name)
        pet = findings.entity(EntityRef("Animal", referent.mention.name))
        findings.attribute(pet, "species", species)
        findings.attribute(owner, "pet", pet.name)


def _own_names(findings: Findings) -> set[str]:
    return {attribute.value for attribute in findings.attributes.values() if attribute.key in {"name", "nickname"}}


def _names_told(findings: Findings) -> set[str]:
    """Every name that the findings speak of already, as an entity or as what somebody is called."""
    told = {ref.name for ref in findings.entities} | {key[0].name for key in findings.attributes}
    told |= {ref.name for subject, _, other, _ in findings.relations for ref in (subject, other)}
    return told | _own_names(findings)


def _is_aside(line: Line, mention: Mention) -> bool:
    """`not Anna`, and the street of an address, are nobody and nothing by themselves."""
    if line.word(mention.start - 1) == "not" and mention.type == "Person":
        return True
    street = mention.name.lower().split()[-1] in STREETS
    return street and mention.start > 0 and line.tokens[mention.start - 1].kind == "number"
