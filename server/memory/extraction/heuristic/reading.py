"""One clause being read: what the rules ask about it and how they state what it says."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from server.core.vocabulary.keys import EntityType
from server.memory.extraction.diff import EntityRef
from server.memory.extraction.heuristic.clauses import Clause
from server.memory.extraction.heuristic.findings import ALWAYS, Findings, Period
from server.memory.extraction.heuristic.lexicon import Lexicon
from server.memory.extraction.heuristic.line import Line, Span
from server.memory.extraction.heuristic.names import Mention
from server.memory.extraction.heuristic.nouns import NounReader, Referent
from server.memory.extraction.heuristic.people import People, TiedTo
from server.memory.extraction.heuristic.phrases import Phrase, phrases
from server.memory.extraction.heuristic.predicates import Predicate
from server.memory.extraction.heuristic.times import Time
from server.memory.extraction.heuristic.words import DETERMINERS, PAUSES

ENDINGS = (("anymore",), ("any", "more"), ("any", "longer"))


@dataclass(slots=True)
class Reading:
    """A clause with its surroundings; `subjects` are what its subject phrase means."""

    clause: Clause
    subjects: Sequence[Referent]
    times: Sequence[Time]
    nouns: NounReader
    lexicon: Lexicon
    findings: Findings
    changed: bool = False
    """Whether the sentence says of itself that something is no longer as it was."""
    phrases: Sequence[Phrase] = field(init=False)

    def __post_init__(self) -> None:
        self.phrases = phrases(self.line, self.clause.rest, self.times)

    @property
    def line(self) -> Line:
        return self.clause.line

    @property
    def predicate(self) -> Predicate:
        return self.clause.predicate

    @property
    def people(self) -> People:
        return self.nouns.people

    @property
    def whole(self) -> Span:
        """Everything behind the verb."""
        return self.clause.rest

    @property
    def object(self) -> Span:
        """What stands directly behind the verb, empty when a preposition does."""
        first = self.phrases[0] if self.phrases else None
        start = self.clause.rest[0]
        return first.span if first is not None and not first.prep else (start, start)

    @property
    def words(self) -> tuple[str, ...]:
        return self.line.words(self.clause.rest)

    @property
    def excluded(self) -> Span | None:
        """What the clause rules out: `Lisbon` in `Porto, not Lisbon`."""
        return self.after("not")

    def after(self, *prepositions: str) -> Span | None:
        """What follows the first of these prepositions."""
        return next((phrase.span for phrase in self.phrases if phrase.prep in prepositions), None)

    def from_phrase(self, *prepositions: str) -> Span | None:
        """From the first phrase of these prepositions to the end of the clause."""
        span = self.after(*prepositions)
        return None if span is None else (span[0], self.clause.rest[1])

    def with_following(self, span: Span, *prepositions: str) -> Span:
        """A span with the phrase of one of these prepositions that stands directly behind it."""
        for phrase in self.phrases:
            if phrase.prep in prepositions and phrase.start == span[1] + 1:
                return span[0], self.head(phrase.span)[1]
        return span

    def head(self, span: Span) -> Span:
        """A span up to its first mark or conjunction."""
        return self._until(span, PAUSES, {"and", "or", "but"})

    def unbroken(self, span: Span) -> Span:
        """A span up to a mark that is no comma."""
        return self._until(span, PAUSES - {","}, set())

    def _until(self, span: Span, marks: frozenset[str], conjunctions: set[str]) -> Span:
        for i in range(*span):
            if self.line.mention(i) is None and (self.line.word(i) in marks or self.line.word(i) in conjunctions):
                return span[0], i
        return span

    def value(self, span: Span) -> str:
        return self.line.value(span)

    def bare(self, span: Span) -> tuple[str, ...]:
        """The words of a span without articles and fillers."""
        return self.line.words(self.line.trimmed(span))

    def items(self, span: Span) -> Iterator[str]:
        """The values of a list, each without articles and fillers."""
        for item in self.line.items(self.line.without_fluff(span)):
            value = self.value(item)
            if value:
                yield value

    def mentions(self, span: Span) -> Iterator[Mention]:
        for i in range(*span):
            mention = self.line.mention_from(i)
            if mention is not None and mention.end <= span[1]:
                yield mention

    def name_at(self, span: Span | None) -> Mention | None:
        """The name that begins a span, behind an article too."""
        if span is None or span[0] >= span[1]:
            return None
        return self.line.mention_from(span[0]) or self.line.mention_from(self.line.trimmed(span)[0])

    def introduced_by_article(self, span: Span) -> bool:
        return self.line.word(span[0]) in DETERMINERS

    def persons(self) -> tuple[EntityRef, ...]:
        """The people (and animals) the clause is about."""
        refs = (self.refer(referent, "Person") for referent in self.subjects)
        return tuple(ref for ref in refs if ref is not None and ref.type in {"Person", "Animal"})

    def others(self, kind: EntityType) -> tuple[EntityRef, ...]:
        """The subjects that are no people; names that tell nothing by themselves are taken as `kind`."""
        named = [referent for referent in self.subjects if not (referent.tied or referent.noun)]
        refs = (self.refer(referent, kind) for referent in named)
        return tuple(ref for ref in refs if ref is not None and ref.type not in {"Person", "Animal"})

    def anybody(self, kind: EntityType) -> tuple[EntityRef, ...]:
        """Every subject of the clause; a name of several words that tells nothing by itself is taken as `kind`."""
        refs: list[EntityRef | None] = []
        for referent in self.subjects:
            mention = referent.mention
            untold = mention is not None and mention.type is None and not referent.tied
            plain = mention is not None and " " not in mention.name and self.line.word(mention.start - 1) != "the"
            refs.append(self.refer(referent, "Person" if not untold or plain else kind))
        return tuple(ref for ref in refs if ref is not None)

    def refer(self, referent: Referent, kind: EntityType) -> EntityRef | None:
        """The entity of a referent, None when it is about none; naming somebody by a tie is a fact of its own."""
        if referent.tied is not None:
            if referent.mention is not None:
                return self.name_tied(referent.tied, referent.mention)
            return self.people.called(referent.tied)
        if referent.noun and referent.mention is not None:
            return self._pet_of(referent)
        if not referent.entities:
            return None
        ref = referent.entities[0]
        if referent.mention is None or ref == self.people.user:
            return ref
        return self._typed(referent.mention, kind)

    def _typed(self, mention: Mention, kind: EntityType) -> EntityRef:
        given = mention.name.split()[0].lower() in self.lexicon.genders or self.predicate.lemma != "be"
        person = kind == "Person" and mention.type == "Place" and given
        ref = EntityRef(kind if person or not mention.type else mention.type, mention.name)
        if ref.type == "Person":
            self.people.speak_of(ref, mention.gender)
        return ref

    def name_tied(self, tied: TiedTo, mention: Mention) -> EntityRef:
        forced = mention.type in {None, "Place", "Animal"}
        return self.people.named(tied, self.entity(mention, "Person", force=forced), self.findings)

    def entity(self, mention: Mention, kind: EntityType, *, force: bool = False) -> EntityRef:
        """The entity a name stands for, listed, with its full name and title where it has them."""
        ref = EntityRef(kind if force or mention.type is None else mention.type, mention.name)
        self.findings.entity(ref, *mention.aliases)
        if ref.type == "Person":
            self.people.speak_of(ref, mention.gender)
            if mention.title:
                self.findings.attribute(ref, "title", mention.title)
        return ref

    def pet(self, owner: EntityRef, name: str, species: str, period: Period = ALWAYS) -> EntityRef:
        """An animal with a name: an entity of its own, with its species."""
        pet = self.findings.entity(EntityRef("Animal", name))
        self.findings.attribute(pet, "species", species)
        self.findings.attribute(owner, "pet", name, period=period)
        return pet

    def _pet_of(self, referent: Referent) -> EntityRef | None:
        """The animal of `our cat Miso` or `Ingrid's horse, Saga`."""
        species = species_of(referent, self.lexicon)
        if (
            species is None
            or referent.owner is None
            or referent.mention is None
            or referent.owner.type == "Organization"
        ):
            return None
        return self.pet(EntityRef("Person", referent.owner.name), referent.mention.name, species)

    def lasting(self) -> Period:
        """The period of a state: since, until, for so long."""
        period = ALWAYS
        for time in self._own_times():
            text = time.text if period.text is None else f"{period.text}, {time.text}"
            if time.kind in {"since", "duration"}:
                period = Period(time.days.begin, period.end, text)
            elif time.kind == "until":
                period = Period(period.begin, time.days.begin, text)
            elif time.kind == "between":
                period = Period(time.days.begin, time.days.end, text)
        backwards = period.begin is not None and period.end is not None and period.end <= period.begin
        return Period(period.begin, None, period.text) if backwards else period

    def beginning(self) -> Period:
        """The period of a state that the clause sees begin: moved last year, joined in 2021."""
        at = self.point()
        return Period(at.days.begin, None, at.text) if at is not None else self.lasting()

    def ending(self) -> Period:
        """The period of a state that the clause sees end: left in February."""
        at = self.point()
        return Period(None, at.days.begin, at.text) if at is not None else ALWAYS

    def until_over(self, time: Time) -> Period:
        """The period of a plan: it is one until its day has passed."""
        return Period(None, time.days.end, time.text)

    def point(self) -> Time | None:
        """The moment the clause speaks of."""
        return next((time for time in self._own_times() if time.kind in {"at", "by"}), None)

    def point_behind(self) -> Time | None:
        """The moment named behind the verb."""
        return next((time for time in self.times if self.whole[0] <= time.span[0] < self.whole[1]), None)

    def _own_times(self) -> Iterator[Time]:
        lead = self.clause.lead
        start = lead[0] if lead[0] < lead[1] else self.clause.start
        return (time for time in self.times if start <= time.span[0] < self.clause.rest[1])

    @property
    def ended(self) -> bool:
        """Whether it says that something is no longer so."""
        if self.predicate.ended or not self.predicate.negated:
            return self.predicate.ended
        return any(self.words[i : i + len(end)] == end for end in ENDINGS for i in range(len(self.words)))

    @property
    def negated(self) -> bool:
        """Whether a state that the clause names does not hold now."""
        return self.predicate.negated or self.predicate.used_to

    def state(
        self,
        entity: EntityRef,
        key: str,
        value: str,
        *,
        period: Period | None = None,
        confidence: float = 0.9,
        contrast: bool = True,
    ) -> None:
        """A value that holds, or does not, as the verb says; with what that corrects."""
        when = period if period is not None else self.lasting()
        if self.predicate.ended and when == ALWAYS:
            when = self.ending()
        if self.negated and when.end is None:
            when = Period(None, when.begin, when.text)
        self.findings.attribute(
            entity,
            key,
            value,
            period=when,
            negated=self.negated,
            correction=self.changed or self.ended,
            confidence=confidence,
        )
        if self.ended or self.predicate.used_to:
            self.findings.correction(entity, key, value, None)
        elif not self.negated and contrast and self.excluded is not None:
            self.rule_out(entity, key, value, self.value(self.head(self.excluded)))
        elif not self.negated and self.changed:
            self.findings.correction(entity, key, None, value)

    def gone(self, entity: EntityRef, key: str, value: str) -> None:
        """A value that the clause sees end, with its correction."""
        self.findings.attribute(entity, key, value, period=self.ending(), negated=True, correction=True)
        self.findings.correction(entity, key, value, None)

    def rule_out(self, entity: EntityRef, key: str, new: str, old: str, *, period: Period = ALWAYS) -> None:
        """`old` does not hold, `new` does instead."""
        self.findings.attribute(entity, key, old, period=period, negated=True, correction=True)
        self.findings.correction(entity, key, old, new)


def species_of(referent: Referent, lexicon: Lexicon) -> str | None:
    """The animal a common noun names: dog of `old dog`."""
    if not referent.noun:
        return None
    kinds = (" ".join(referent.noun), referent.noun[-1], referent.noun[-1].removesuffix("s"))
    return next((kind for kind in kinds if kind in lexicon.animals), None)
