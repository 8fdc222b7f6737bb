"""Reading one sentence: instructions first, then each clause by how far it is meant."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from server.core.vocabulary.slots import key_of_noun
from server.memory.extraction.diff import EntityRef
from server.memory.extraction.extractor import TurnInput
from server.memory.extraction.heuristic.calendar import Calendar
from server.memory.extraction.heuristic.clauses import QUESTION_WORDS, Clause, ClauseCutter
from server.memory.extraction.heuristic.findings import Findings
from server.memory.extraction.heuristic.instructions import instruction_in, nickname_in
from server.memory.extraction.heuristic.lexicon import Lexicon
from server.memory.extraction.heuristic.line import Line, Span
from server.memory.extraction.heuristic.listing import Listing
from server.memory.extraction.heuristic.moods import (
    STATED,
    UNMEANT,
    Mood,
    of_attitude,
    of_clause,
    of_sentence,
    stated_from,
    tells,
    unmeant,
)
from server.memory.extraction.heuristic.names import NameFinder, is_caseless
from server.memory.extraction.heuristic.nouns import NounReader, Referent
from server.memory.extraction.heuristic.people import People
from server.memory.extraction.heuristic.predicates import Predicate, PredicateFinder
from server.memory.extraction.heuristic.reading import Reading
from server.memory.extraction.heuristic.rules.appositions import introduction
from server.memory.extraction.heuristic.rules.registry import Registry
from server.memory.extraction.heuristic.sentences import Sentence
from server.memory.extraction.heuristic.subjects import subjects
from server.memory.extraction.heuristic.times import Time, times
from server.memory.extraction.heuristic.tokens import tokenise
from server.memory.extraction.heuristic.words import FIRST_PERSON, POSSESSIVES, words

SOMEBODY = EntityRef("Person", "?")
CLAUSE_OPENERS = words("that if whether me us him her them sure certain positive about like as")
CORRECTING = words("actually correction sorry oops wait")
NOBODY = words("nobody no none few hardly")
REQUESTS = words(
    "show tell give find book translate remind write recommend suggest list explain summarize summarise search help "
    "draft compare calculate convert define look check send set make create generate plan describe google play open "
    "add"
)


@dataclass(slots=True)
class _Told:
    """What is known of a sentence while its clauses are read."""

    line: Line
    findings: Findings
    past: Sequence[Time]
    future: Sequence[Time]
    mood: Mood = STATED
    mood_from: int = 0
    changed: bool = False
    unmeant: list[Span] = field(default_factory=list)
    subjects: Sequence[Referent] = field(default_factory=tuple)
    """Those of the clause before."""


class SentenceReader:
    """Reads the sentences of one turn in order."""

    def __init__(self, lexicon: Lexicon, people: People, turn: TurnInput, known: Sequence[EntityRef]) -> None:
        predicates = PredicateFinder(lexicon)
        self._predicates = predicates
        self._lexicon = lexicon
        self._people = people
        self._role = turn.role
        self._names = NameFinder(lexicon, known)
        self._cutter = ClauseCutter(predicates)
        self._calendar = Calendar(turn.at)
        self._nouns = NounReader(lexicon, people, first_person=turn.role == "user")
        self._listing = Listing(self._nouns, lexicon)
        self._rules = Registry()

    def read(self, sentence: Sentence, findings: Findings) -> None:
        line = self._line(sentence.text)
        if not len(line) or self._instructed(line, findings) or unmeant(line):
            return
        cut = self._cutter.cut(line, (stated_from(line), len(line)), question=sentence.question and not tells(line))
        end = len(line) if cut.asks_from is None else cut.asks_from
        if end == 0 or (not cut.clauses and line.word(0) in REQUESTS):
            return
        self._tell(line, cut.clauses, findings, end)

    def _line(self, text: str) -> Line:
        tokens = tuple(tokenise(text))
        caseless = is_caseless(tokens)
        casual = caseless and (text[0].islower() or text.isupper())
        return Line(text, tokens, self._names.find(text, tokens, caseless=caseless), caseless, casual)

    def _instructed(self, line: Line, findings: Findings) -> bool:
        if self._role not in {"user", "system"}:
            return False
        instruction = instruction_in(line)
        if instruction is None:
            return False
        findings.instruction(instruction)
        if self._role == "user":
            nickname_in(line, self._people.user, findings)
        return True

    def _tell(self, line: Line, clauses: Sequence[Clause], findings: Findings, end: int) -> None:
        past = times(line, self._calendar, future=False)
        told = _Told(line, findings, past, times(line, self._calendar, future=True))
        told.mood_from, told.mood = of_sentence(line)
        told.changed = bool(CORRECTING & set(line.lowers[:3])) or "changed" in line.lowers
        meant = tuple(self._meant(line, clauses, STATED))
        afterthought = next((mood for clause, mood in meant if clause is None), None)
        if afterthought is not None and told.mood == STATED:
            told.mood_from, told.mood = 0, afterthought
        if told.mood != STATED and not any(clause and clause.rest[1] > told.mood_from for clause, _ in meant):
            told.mood_from = 0
        for clause, mood in meant:
            if clause is not None:
                self._clause(told, clause, mood)
        if not clauses and told.mood == STATED:
            nowhere = Clause(line, (0, 0), (0, 0), Predicate(0, 0), (0, end))
            introduction(Reading(nowhere, (), (), self._nouns, self._lexicon, findings))
        self._listing.ties(line, end, findings)
        self._listing.names(line, end, findings, told.unmeant)

    def _meant(self, line: Line, clauses: Sequence[Clause], mood: Mood) -> Iterator[tuple[Clause | None, Mood]]:
        """The clauses with their moods, those inside `I think` taken out; None for an afterthought (`I believe`)."""
        asked, doubted = False, STATED
        for clause in clauses:
            if asked and clause.connector in QUESTION_WORDS:
                yield clause, UNMEANT
                continue
            if doubted != STATED and clause.connector == "if":
                yield replace(clause, connector=""), doubted
                continue
            subject = line.words(clause.subject)
            by_user = bool(subject) and subject[-1] in FIRST_PERSON and self._nouns.first_person
            attitude = of_attitude(clause, by_user=by_user)
            asked = attitude == UNMEANT
            if attitude is None:
                yield clause, mood
                continue
            start = clause.rest[0]
            while start < clause.rest[1] and line.word(start) in CLAUSE_OPENERS and line.mention(start) is None:
                start += 1
            inner = self._cutter.cut(line, (start, clause.rest[1])).clauses
            if inner:
                yield from self._meant(line, inner, mood if attitude == STATED else attitude)
                continue
            doubted = attitude if attitude.stance == "hedged" else STATED
            if attitude.stance in {"hedged", "hearsay"} and start >= clause.rest[1]:
                yield None, attitude
            else:
                yield clause, mood if attitude.stance in {"stated", "unmeant"} else attitude

    def _clause(self, told: _Told, clause: Clause, mood: Mood) -> None:
        own = of_clause(clause)
        told.subjects = self._subjects(told, clause)
        wish = own.stance == "unmeant" and _is_wish(clause)
        nobody = clause.has_subject and told.line.word(clause.subject[0]) in NOBODY
        if nobody or mood.stance == "unmeant" or (own.stance == "unmeant" and not wish):
            told.unmeant.append((clause.start, clause.rest[1]))
            return
        of_sentence_here = told.mood if clause.rest[1] > told.mood_from else STATED
        doubts = (each for each in (mood, of_sentence_here, own) if each.stance in {"hedged", "hearsay"})
        doubt = next(doubts, STATED)
        unknown = next((referent.unknown for referent in told.subjects if referent.unknown), "")
        if doubt == STATED and not unknown:
            self._apply(told, clause, told.subjects, told.findings)
            return
        self._doubt(told, clause, doubt.reason or f"it is not said who {unknown!r} is")

    def _doubt(self, told: _Told, clause: Clause, reason: str) -> None:
        """What a clause would say becomes an uncertainty; whom and what it names is there all the same."""
        guess = Findings()
        known = tuple(Referent((SOMEBODY,)) if referent.unknown else referent for referent in told.subjects)
        self._apply(told, clause, known, guess)
        if not (guess.factual or _is_open_plan(clause) or _is_unknown_value(clause)):
            return
        told.findings.uncertainty(clause.text, reason)
        for entity in guess.extraction().completed().entities:
            if "'s " not in entity.name and entity.ref not in {SOMEBODY, self._people.user}:
                told.findings.entity(entity.ref, *entity.aliases)

    def _subjects(self, told: _Told, clause: Clause) -> Sequence[Referent]:
        if clause.implied:
            return (Referent((self._people.user,)),) if self._nouns.first_person else ()
        if not clause.has_subject:
            return self._antecedent(told, clause) if clause.relative else told.subjects
        if told.line.words(clause.subject)[-1:] == ("it",) and told.subjects and told.subjects[0].noun:
            return told.subjects
        return subjects(told.line, clause.subject, told.past, self._nouns, told.findings)

    def _antecedent(self, told: _Told, clause: Clause) -> Sequence[Referent]:
        """Whom `who` means: the last name or tie in front of it."""
        line = told.line
        if clause.connector != "who":
            return ()
        for i in range(clause.predicate.start - 1, -1, -1):
            mention = line.mention(i)
            if mention is None and line.word(i) not in POSSESSIVES:
                continue
            start = i if mention is None else mention.start
            for at in range(max(0, start - 3), start):
                if line.word(at) in POSSESSIVES:
                    referent = self._nouns.phrase(line, (at, len(line)), told.findings)
                    if referent.tied is not None and referent.mention is mention:
                        return (referent,)
            return (self._nouns.phrase(line, (start, clause.predicate.start), told.findings),)
        return ()

    def _apply(self, told: _Told, clause: Clause, referents: Sequence[Referent], findings: Findings) -> None:
        if "neither" in told.line.words((0, clause.predicate.start)):
            clause = replace(clause, predicate=replace(clause.predicate, negated=True))
        when = told.past if clause.predicate.past or clause.predicate.perfect else told.future
        predicate = self._predicates.stopped(told.line, clause.predicate)
        clause = replace(clause, predicate=predicate, rest=(max(clause.rest[0], predicate.end), clause.rest[1]))
        reading = Reading(clause, referents, when, self._nouns, self._lexicon, findings, told.changed)
        for rule in self._rules.for_predicate(clause.predicate):
            rule(reading)


def _is_wish(clause: Clause) -> bool:
    """`I'd love to see` says what somebody wants."""
    words_behind = clause.line.words((clause.predicate.start, min(clause.rest[0] + 3, clause.rest[1])))
    wanted = clause.predicate.modal == "would" and clause.predicate.lemma in {"love", "like"}
    return ((wanted and "to" in words_behind) or "rather" in words_behind) and clause.connector not in {"if", "unless"}


def _is_open_plan(clause: Clause) -> bool:
    """`I might move to Canada`: nothing that rules could state, yet worth knowing that it is open."""
    if clause.predicate.modal not in {"might", "may"} or clause.predicate.lemma in {"be", "have", "need", "want"}:
        return False
    return any(
        mention.type == "Place" and clause.rest[0] <= mention.start < clause.rest[1] for mention in clause.line.mentions
    )


def _is_unknown_value(clause: Clause) -> bool:
    """`I don't know my blood type`."""
    line, start = clause.line, clause.rest[0]
    if clause.predicate.lemma not in {"know", "remember"} or line.word(start) not in POSSESSIVES:
        return False
    return key_of_noun(line.words(line.without_fluff((start + 1, clause.rest[1])))) is not None
