"""Taking apart what follows a verb: its object, and a phrase for each preposition."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from server.memory.extraction.heuristic.line import Line, Span
from server.memory.extraction.heuristic.times import Time
from server.memory.extraction.heuristic.words import DASHES, PREPOSITIONS

SPLITTERS = PREPOSITIONS - {"of", "than", "like", "per"}
INSTEAD = (("rather", "than"), ("instead", "of"), ("and", "not"))


@dataclass(frozen=True, slots=True)
class Phrase:
    """`prep` is empty for the object and `not` for what is ruled out (`Porto, not Lisbon`)."""

    prep: str
    start: int
    end: int

    @property
    def span(self) -> Span:
        return self.start, self.end


def phrases(line: Line, span: Span, times: Sequence[Time]) -> tuple[Phrase, ...]:
    """The phrases of a span, left to right, without its temporal ones."""
    return tuple(phrase for phrase in _cut(line, span, times) if phrase.start < phrase.end)


def _cut(line: Line, span: Span, times: Sequence[Time]) -> Iterator[Phrase]:
    begins = {time.span[0]: time.span[1] for time in times}
    prep, start, i = "", span[0], span[0]
    while i < span[1]:
        if i in begins:
            yield Phrase(prep, start, i)
            prep, start = "", begins[i]
            i = start
            continue
        width = _contrast(line, i)
        if width:
            yield Phrase(prep, start, i)
            prep, start = "not", i + width
        elif _splits(line, i):
            yield Phrase(prep, start, i)
            prep, start = line.word(i), i + 1
        i += max(width, 1)
    yield Phrase(prep, start, span[1])


def _splits(line: Line, i: int) -> bool:
    if line.word(i) in {"about", "around", "over", "under"} and line.tokens[min(i + 1, len(line) - 1)].kind == "number":
        return False
    return line.word(i) in SPLITTERS and line.mention(i) is None and line.tokens[i].kind == "word"


def _contrast(line: Line, i: int) -> int:
    """How many words introduce what is ruled out at a position; 0 when none do."""
    if line.mention(i) is not None:
        return 0
    if line.words((i, i + 2)) in INSTEAD:
        return 2
    return 1 if line.word(i) == "not" and line.word(i - 1) in {",", "("} | DASHES else 0
