"""From noun phrases to what they mean: a person, a thing, or a value asked of somebody (`my email`)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from server.core.vocabulary.slots import SLOTS
from server.core.vocabulary.ties import FAMILY_NAMES, TIES, Tie
from server.memory.extraction.diff import EntityRef
from server.memory.extraction.heuristic.findings import Findings
from server.memory.extraction.heuristic.jobs import is_job
from server.memory.extraction.heuristic.lexicon import Lexicon
from server.memory.extraction.heuristic.line import Line, Span
from server.memory.extraction.heuristic.names import Mention
from server.memory.extraction.heuristic.people import People, TiedTo
from server.memory.extraction.heuristic.words import (
    ADVERBS,
    ARTICLES,
    BE,
    CONJUNCTIONS,
    DETERMINERS,
    DO,
    FIRST_PERSON,
    FIRST_POSSESSIVE,
    HAVE,
    MINE,
    MODALS,
    PREPOSITIONS,
    SUBJECT_PRONOUNS,
    THIRD_POSSESSIVE,
    words,
)

STOPS = PREPOSITIONS | CONJUNCTIONS | SUBJECT_PRONOUNS | BE | HAVE | DO | MODALS | words("'s & not me him us them")
NOTHING = words(
    "it this that these those there here what who which you your everyone everybody someone somebody nobody"
)
BARE_TIES = FAMILY_NAMES | words("wife wifes hubby gf bf husband")
THE_TIES = words("wife wifes husband hubby kids missus parents boyfriend girlfriend")
NOT_YET = words("own first second next future")
LONGEST_TIE = 3
FARTHEST_TIE = 5


@dataclass(frozen=True, slots=True)
class Referent:
    """What a noun phrase means.

    It is one of these: `entities`; `tied`, somebody known by a tie, whom `mention` names if anything does; `noun`, a
    common noun with the entity it belongs to, if any (`owner`). `unknown` is a pronoun that nobody fits.
    """

    entities: tuple[EntityRef, ...] = ()
    tied: TiedTo | None = None
    noun: tuple[str, ...] = ()
    text: str = ""
    owner: EntityRef | None = None
    definite: bool = False
    unknown: str = ""
    mention: Mention | None = None
    end: int = 0

    @property
    def nobody(self) -> bool:
        return not (self.entities or self.tied or self.noun)


class NounReader:
    """Resolves the noun phrases of a turn; people who are only known by a tie are told to `findings` as owners."""

    def __init__(self, lexicon: Lexicon, people: People, *, first_person: bool) -> None:
        self._lexicon = lexicon
        self._people = people
        self._first_person = first_person

    @property
    def first_person(self) -> bool:
        """Whether "I" is the user of the scope."""
        return self._first_person

    @property
    def people(self) -> People:
        return self._people

    def is_animal(self, noun: Sequence[str]) -> bool:
        return " ".join(noun) in self._lexicon.animals or noun[-1] in self._lexicon.animals

    def phrase(self, line: Line, span: Span, findings: Findings) -> Referent:
        """The referent of the noun phrase that begins a span; its `end` says how far it reached."""
        start, end = span
        while start + 1 < end and (line.word(start) in ADVERBS or line.tokens[start].kind == "mark"):
            start += 1
        referent = self._base(line, start, end)
        while self._owns(line, referent, end):
            if line.word(referent.end + 1) in {"name", "names"} and (referent.tied or referent.noun):
                return replace(referent, end=referent.end + 2)
            owner = self._as_owner(referent, findings)
            if owner is None:
                return Referent(end=end)
            referent = self._owned(line, owner, referent.end + 1, end)
        if referent.end < end and line.word(referent.end) in {"of", "for"} and referent.noun:
            return self._of(line, referent, end, findings)
        return referent

    def _owns(self, line: Line, referent: Referent, end: int) -> bool:
        """Whether a possessive 's follows, rather than one that means is: `my sister's a vet`."""
        if referent.nobody or referent.end + 1 >= end or line.word(referent.end) != "'s":
            return False
        following = line.word(referent.end + 1)
        return following not in DETERMINERS | PREPOSITIONS | (ADVERBS - {"best", "late"})

    def _as_owner(self, referent: Referent, findings: Findings) -> EntityRef | None:
        if referent.tied is None:
            if referent.noun and referent.definite and referent.owner is None and referent.mention is None:
                return EntityRef("Thing", referent.text)
            return referent.entities[0] if referent.entities else None
        if referent.mention is not None:
            return self._people.named(referent.tied, EntityRef("Person", referent.mention.name), findings)
        return self._people.find(referent.tied, findings)

    def _base(self, line: Line, start: int, end: int) -> Referent:
        word = line.word(start)
        mention = line.mention_from(start)
        if mention is not None and not (word in BARE_TIES and mention.end - mention.start == 1):
            return _named(mention)
        possessive = word in FIRST_POSSESSIVE | THIRD_POSSESSIVE and start + 1 < end
        if possessive or word in SUBJECT_PRONOUNS | FIRST_PERSON | NOTHING | {"him", "her", "them"}:
            return self._pronoun(line, start, end, possessive=possessive)
        user = self._people.user
        if word in BARE_TIES and self._first_person:
            return self._owned(line, user, start, end)
        if word in ARTICLES:
            if line.word(start + 1) in THE_TIES and line.word(start + 2) != "of" and self._first_person:
                return self._owned(line, user, start + 1, end)
            return self._common(line, start + 1, end, definite=word == "the")
        return self._common(line, start, end, definite=False)

    def _pronoun(self, line: Line, start: int, end: int, *, possessive: bool) -> Referent:
        word = line.word(start)
        if word in FIRST_PERSON | FIRST_POSSESSIVE:
            if not self._first_person:
                return Referent(end=end if possessive else start + 1)
            owner: EntityRef | None = self._people.user
        elif word in NOTHING and not possessive:
            return Referent(end=start + 1)
        else:
            owner = self._people.meant_by(word)
        if owner is None:
            return Referent(unknown=word, end=end if possessive else start + 1)
        return self._owned(line, owner, start + 1, end) if possessive else Referent((owner,), end=start + 1)

    def _owned(self, line: Line, owner: EntityRef, start: int, end: int) -> Referent:
        """The noun behind a possessive: a tie or an animal, with or without a name, or another noun of the owner's."""
        stop = self._noun_end(line, start, end)
        tied = self._tied(line, owner, (start, stop), end)
        if tied is not None:
            return tied
        name = line.mention_from(stop) if stop < end else None
        if name is not None and stop == start:
            return Referent(noun=(name.name.lower(),), text=name.name, owner=owner, definite=True, end=name.end)
        noun = line.words((start, stop))
        text = line.raw((start, stop))
        if noun and noun[-1] == "name" and len(noun) == 2 and self.is_animal((noun[0].removesuffix("s"),)):  # noqa: PLR2004 - `dogs name`
            return Referent(noun=(noun[0].removesuffix("s"),), text=text, owner=owner, definite=True, end=stop)
        if name is not None and noun and self.is_animal(noun):
            return Referent(noun=noun, text=text, owner=owner, mention=name, definite=True, end=name.end)
        if line.casual and len(noun) > 1 and self.is_animal(noun[:-1]) and self._free(noun[-1]):
            pet = Mention(stop - 1, stop, line.tokens[stop - 1].text, "Animal")
            return Referent(noun=noun[:-1], text=text, owner=owner, mention=pet, definite=True, end=stop)
        return Referent(noun=noun, text=text, owner=owner, definite=True, end=stop)

    def _tied(self, line: Line, owner: EntityRef, span: Span, end: int) -> Referent | None:
        """Somebody of the owner's: `sister`, `sister Anna`, in small letters `sister anna`."""
        start, stop = span
        tie, tie_end = first_tie(line, start, stop)
        if tie is None or set(line.words((start, tie_end))) & NOT_YET:
            return None
        tied = TiedTo(owner, tie)
        behind = line.word(tie_end)
        if tie_end == stop or (behind in {"name", "names"} and tie_end + 1 == stop):
            name = line.mention_from(stop) if tie_end == stop < end else None
            if name is not None and name.type in {"Person", "Place", None}:
                return Referent(tied=tied, mention=name, end=name.end)
            return Referent(tied=tied, end=stop)
        if self._verb(behind, plural=tie.plural) or behind in ADVERBS:
            return Referent(tied=tied, end=tie_end)
        alone = tie_end + 1 == stop or self._verb(line.word(tie_end + 1), plural=False)
        if not (line.casual and alone and self._free(behind)) or tie.plural:
            return None
        mention = Mention(tie_end, tie_end + 1, line.tokens[tie_end].text, "Person")
        return Referent(tied=tied, mention=mention, end=tie_end + 1)

    def _verb(self, word: str, *, plural: bool) -> bool:
        forms = {verb.form for verb in self._lexicon.verbs.get(word, ())}
        return bool(forms & ({"base", "past"} if plural else {"third", "past"}))

    def _free(self, word: str) -> bool:
        """Whether a small word can be a name: `my sister anna`, not `my sister works`."""
        lexicon = self._lexicon
        if word in lexicon.genders:
            return True
        taken = word in lexicon.common or word in lexicon.verbs or word in lexicon.occupations or word in SLOTS
        return not (taken or word in TIES or word in STOPS)

    def _noun_end(self, line: Line, start: int, end: int) -> int:
        i = start
        while i < end and line.word(i) not in STOPS and line.tokens[i].kind == "word":
            mention = line.mention_from(i)
            if mention is None:
                i += 1
                continue
            following = line.word(mention.end)
            brand = mention.type in {"Thing", "Organization"} or (mention.type is None and mention.name.isupper())
            within = i == start and brand and following and following not in STOPS
            if not (within and mention.end < end and line.tokens[mention.end].kind == "word"):
                break
            i = mention.end
        return i

    def _common(self, line: Line, start: int, end: int, *, definite: bool) -> Referent:
        stop = self._noun_end(line, start, end)
        name = line.mention_from(stop) if stop < end else None
        if name is None:
            return Referent(noun=line.words((start, stop)), text=line.raw((start, stop)), definite=definite, end=stop)
        tie, tie_end = first_tie(line, start, stop)
        uncle = tie is not None and tie_end == stop and tie.family and not definite and self._first_person
        if uncle and tie is not None:
            return Referent(tied=TiedTo(self._people.user, tie), mention=name, end=name.end)
        return _named(name)

    def _of(self, line: Line, referent: Referent, end: int, findings: Findings) -> Referent:
        """`the name of my friend`, `the deadline for Helios`: the noun is asked of what follows."""
        tie = TIES.get(referent.noun[-1])
        if tie is not None and line.word(referent.end + 1) in MINE and self._first_person:
            return Referent(tied=TiedTo(self._people.user, tie), end=referent.end + 2)
        inner = self.phrase(line, (referent.end + 1, end), findings)
        if inner.end <= referent.end + 1 or inner.unknown or inner.nobody:
            return referent
        if referent.owner is not None:
            return replace(referent, end=inner.end)
        if referent.noun == ("name",):
            return inner
        job = is_job(self._lexicon, referent.noun)
        if job and (line.word(referent.end) == "for" or inner.noun):
            return replace(referent, text=line.raw((referent.end - len(referent.noun), inner.end)), end=inner.end)
        return self._asked_of(referent, inner, findings, job=job)

    def _asked_of(self, referent: Referent, inner: Referent, findings: Findings, *, job: bool) -> Referent:
        if inner.noun and inner.owner is None:
            return replace(referent, owner=EntityRef("Thing", inner.text), end=inner.end)
        owner = self._as_owner(inner, findings)
        if owner is None:
            return referent
        tie = TIES.get(" ".join(referent.noun)) or TIES.get(referent.noun[-1])
        if tie is not None and owner.type in {"Person", ""} and not (job and owner.type == ""):
            return Referent(tied=TiedTo(replace(owner, type="Person"), tie), end=inner.end)
        return replace(referent, owner=owner, end=inner.end)


def first_tie(line: Line, start: int, stop: int) -> tuple[Tie | None, int]:
    """The tie among the first words of a noun group, with where it ends; of `kid brother` the brother."""
    found: tuple[Tie | None, int] = (None, start)
    for at in range(start, min(start + FARTHEST_TIE, stop)):
        if found[0] is not None and at > found[1]:
            break
        for length in range(min(LONGEST_TIE, stop - at), 0, -1):
            tie = TIES.get(" ".join(line.words((at, at + length))))
            if tie is not None and at + length > found[1]:
                found = tie, at + length
                break
    return found


def _named(mention: Mention) -> Referent:
    return Referent((EntityRef(mention.type or "", mention.name),), mention=mention, end=mention.end)
