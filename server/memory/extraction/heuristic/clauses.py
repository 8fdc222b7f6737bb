"""Cutting a sentence into clauses: a subject, a predicate and what follows it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from server.memory.extraction.heuristic.line import Line, Span
from server.memory.extraction.heuristic.predicates import Predicate, PredicateFinder
from server.memory.extraction.heuristic.words import (
    ADVERBS,
    BE,
    CONJUNCTIONS,
    DETERMINERS,
    DO,
    MODALS,
    PAUSES,
    SUBJECT_PRONOUNS,
    words,
)

MARKS = PAUSES | {".", "?"}
COORDINATING = words("and or nor but &")
JOINING = words("and or nor &")
RELATIVE = words("who which where that")
SUBORDINATING = words("since until till after before as once")
QUESTION_WORDS = words("who which where when")
INVERTED = (BE - {"be", "been", "being"}) | DO | MODALS | {"has", "have"}


@dataclass(frozen=True, slots=True)
class Clause:
    """One predicate with what belongs to it.

    `subject` is empty where it is that of the clause before, or the speaker's in a sentence that begins with its verb
    (`implied`). `lead` stands in front of the subject, `rest` behind the predicate, lists and afterthoughts included.
    """

    line: Line
    lead: Span
    subject: Span
    predicate: Predicate
    rest: Span
    connector: str = ""
    relative: bool = False
    implied: bool = False

    @property
    def has_subject(self) -> bool:
        return self.subject[0] < self.subject[1]

    @property
    def start(self) -> int:
        return self.subject[0] if self.has_subject else self.predicate.start

    @property
    def text(self) -> str:
        return self.line.raw(self.line.without_fluff((self.start, self.rest[1])))


@dataclass(frozen=True, slots=True)
class _Segment:
    """Words between two borders, with the conjunction and the marks that separate them from those before."""

    start: int
    end: int
    connector: str
    marks: str

    @property
    def coordinated(self) -> bool:
        return self.connector in JOINING and self.marks in {"", ","}


@dataclass(slots=True)
class Cut:
    """A sentence in clauses; `asks_from` is where it begins to ask, if it does."""

    line: Line
    clauses: list[Clause] = field(default_factory=list)
    asks_from: int | None = None
    waiting: list[_Segment] = field(default_factory=list)
    """Segments since the last clause that had no verb."""

    def add(self, clause: Clause, taken_from: int) -> None:
        """A new clause; waiting segments before `taken_from` belong to the clause before it."""
        self._extend_last([segment for segment in self.waiting if segment.end <= taken_from])
        self.clauses.append(clause)
        self.waiting = []

    def finish(self) -> None:
        self._extend_last(self.waiting)

    def _extend_last(self, segments: Sequence[_Segment]) -> None:
        if self.clauses and segments:
            last = self.clauses[-1]
            self.clauses[-1] = replace(last, rest=(last.rest[0], segments[-1].end))


class ClauseCutter:
    """Splits at marks and conjunctions, then joins again what has no verb of its own."""

    def __init__(self, predicates: PredicateFinder) -> None:
        self._predicates = predicates

    def cut(self, line: Line, span: Span, *, question: bool = False) -> Cut:
        """The clauses of a part of a sentence, up to where it begins to ask."""
        cut = Cut(line)
        for segment in _segments(line, span):
            if _asks(line, segment, first=not (cut.clauses or cut.waiting), question=question):
                cut.asks_from = segment.start
                break
            clauses = self._clauses(cut, segment)
            if not clauses:
                cut.waiting.append(segment)
            for clause in clauses:
                cut.add(clause, clause.lead[0] if clause.lead[0] < clause.lead[1] else clause.start)
        cut.finish()
        if question and cut.asks_from is None:
            return Cut(line, asks_from=span[0])
        return cut

    def _clauses(self, cut: Cut, segment: _Segment) -> Sequence[Clause]:
        line = cut.line
        start = _behind_adverbs(line, segment.start, segment.end)
        relative = segment.connector in RELATIVE and bool(cut.clauses or cut.waiting)
        joined = bool(cut.waiting) and segment.coordinated
        inherits = bool(cut.clauses or cut.waiting) and (
            bool(segment.connector) or segment.marks in {",", ")", "(", ""}
        )
        found = self._predicates.first(line, start, segment.end, inherits=inherits, plural=joined)
        if found is None:
            return self._implied(cut, segment, start)
        end = found.start
        while end - 1 > start and line.word(end - 1) in ADVERBS | {"never"}:
            end -= 1
        placed = self._placed(cut, segment, (start, end), found, relative=relative, joined=joined)
        if placed is None:
            return ()
        lead, subject = placed
        clause = Clause(line, lead, subject, found, (found.end, segment.end), segment.connector, relative)
        return self._with_second(clause) if relative else (clause,)

    def _placed(
        self, cut: Cut, segment: _Segment, own: Span, found: Predicate, *, relative: bool, joined: bool
    ) -> tuple[Span, Span] | None:
        """The lead and the subject of a predicate, or None when its clause has no subject to inherit."""
        nothing = (segment.start, segment.start)
        if _only_adverbs(cut.line, own):
            if not cut.waiting:
                finite = found.form in {"third", "past", ""} or found.helper not in {"", "to"}
                inherits = relative or segment.connector in COORDINATING or finite
                as_example = found.form == "base" and found.lemma == "like"
                inherits = inherits or (_first_person(cut.clauses[-1]) and not as_example)
                return (nothing, nothing) if inherits else None
            if not cut.clauses:
                return nothing, (cut.waiting[0].start, cut.waiting[-1].end)
            group = _last_group(cut.waiting)
            return nothing, (nothing if segment.connector in COORDINATING else group)
        if joined and (not cut.clauses or found.form == "base"):
            first = _last_list(cut.waiting)
            lead = (cut.waiting[0].start, first) if not cut.clauses else (first, first)
            return lead, (first, own[1])
        lead = (cut.waiting[0].start, cut.waiting[-1].end) if cut.waiting and not cut.clauses else nothing
        return lead, own

    def _with_second(self, clause: Clause) -> tuple[Clause, ...]:
        """`who lives in Rome is a nurse`: the antecedent's own predicate follows the relative clause."""
        start, end = clause.rest
        found = self._predicates.first(clause.line, start, end, inherits=False)
        if found is None or found.form == "base":
            return (clause,)
        return (
            replace(clause, rest=(start, found.start)),
            replace(clause, predicate=found, rest=(found.end, end), connector="", relative=False),
        )

    def _implied(self, cut: Cut, segment: _Segment, start: int) -> Sequence[Clause]:
        """A clause without a subject: the whole sentence's, or `I'm Chris, living in Toronto`."""
        found = self._predicates.implied_subject(cut.line, start, segment.end)
        if found is None or (cut.waiting and not cut.clauses):
            return ()
        if cut.clauses:
            before = cut.clauses[-1].predicate
            goes_on = found.progressive and before.lemma in {"be", found.lemma, "live", "work"}
            nowhere = (segment.start, segment.start)
            clause = Clause(cut.line, nowhere, nowhere, found, (found.end, segment.end), segment.connector)
            return (clause,) if goes_on else ()
        nothing = (segment.start, segment.start)
        return (Clause(cut.line, nothing, nothing, found, (found.end, segment.end), segment.connector, implied=True),)


def _segments(line: Line, span: Span) -> Iterator[_Segment]:
    begin, connector, marks = span[0], "", ""
    for i in range(span[0], span[1] + 1):
        at_end = i == span[1]
        run_on = not at_end and begin < i and _runs_on(line, i)
        if not (at_end or run_on or _is_border(line, i)):
            continue
        if begin < i:
            yield _Segment(begin, i, connector, marks)
            connector, marks = "", ";" if run_on else ""
        if at_end:
            return
        if line.tokens[i].kind == "mark":
            marks += line.word(i)
        elif not run_on:
            connector = line.word(i)
        begin = i if run_on else i + 1


def _is_border(line: Line, i: int) -> bool:
    if line.mention(i) is not None:
        return False
    word, following = line.word(i), line.word(i + 1)
    if line.tokens[i].kind == "mark":
        return word in MARKS
    if word in {"so", "yet", "plus", "except"}:
        return following in SUBJECT_PRONOUNS | {"my", "our"}
    if word in SUBORDINATING:
        return following in SUBJECT_PRONOUNS - {"that", "this"}
    return word in CONJUNCTIONS and word not in {"plus", "yet"}


def _runs_on(line: Line, i: int) -> bool:
    """Chat without marks: a first person directly behind a name begins another clause."""
    return line.word(i) in {"i", "my", "we"} and line.mention(i - 1) is not None


def _asks(line: Line, segment: _Segment, *, first: bool, question: bool) -> bool:
    """Whether a segment is a question by its words: a question word, or a helper verb before its subject."""
    i = _behind_adverbs(line, segment.start, segment.end)
    word = line.word(i)
    if segment.connector in QUESTION_WORDS:
        return question or (first and segment.connector != "when" and word in INVERTED | {"'s"})
    if word in {"what", "how", "why", "whose", "whom"}:
        return question or word == "how" or line.word(i + 1) in INVERTED | {"'s"}
    if word not in INVERTED or line.mention(i) is not None:
        return False
    following = line.word(i + 1)
    determined = following in DETERMINERS - {"no", "some", "any"} and word not in {"have", "has"}
    subject = following in SUBJECT_PRONOUNS or determined or line.mention_from(i + 1) is not None
    return subject and (first or (not segment.connector and (question or following == "you")))


def _first_person(clause: Clause) -> bool:
    """Whether a bare verb after a comma can go on with the clause: `I live in Austin, work at Dell`."""
    return clause.implied or clause.line.word(clause.subject[1] - 1) in {"i", "we"}


def _behind_adverbs(line: Line, start: int, end: int) -> int:
    while start + 1 < end and line.word(start) in ADVERBS - {"never"} and line.mention(start) is None:
        start += 1
    return start


def _only_adverbs(line: Line, span: Span) -> bool:
    return all(line.word(i) in ADVERBS for i in range(*span))


def _last_group(segments: Sequence[_Segment]) -> Span:
    """The segments from the last conjunction on: `and my boss, Bob,` of what waits for a verb."""
    first = segments[0]
    for segment in segments:
        if segment.connector:
            first = segment
    return first.start, segments[-1].end


def _last_list(segments: Sequence[_Segment]) -> int:
    """Where the list begins that a conjunction goes on with: `Tom, Jim` of `Yesterday: Tom, Jim and Bob`."""
    i = len(segments) - 1
    while i > 0 and segments[i].marks in {",", ""} and (segments[i].marks == "," or segments[i].connector in JOINING):
        i -= 1
    return segments[i].start
