"""One sentence as the rules see it: its tokens, their lower-case words, and the names among them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from server.memory.extraction.heuristic.names import Mention
from server.memory.extraction.heuristic.tokens import Token
from server.memory.extraction.heuristic.words import ARTICLES, FLUFF, FLUFF_PHRASES

Span = tuple[int, int]
LIST_MARKS = frozenset({",", "/", ";"})
LIST_WORDS = frozenset({"and", "or", "&", "nor", "plus"})


@dataclass(frozen=True, slots=True)
class Line:
    """A tokenised sentence; spans are pairs of token positions, the end exclusive."""

    text: str
    tokens: Sequence[Token]
    mentions: Sequence[Mention]
    caseless: bool = False
    """Whether its capitals say nothing about names."""
    casual: bool = False
    """Whether it was plainly typed without regard to capitals: even the first letter is small, or all are large."""
    lowers: Sequence[str] = field(init=False)
    _inside: Sequence[Mention | None] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "lowers", [token.lower for token in self.tokens])
        inside: list[Mention | None] = [None] * len(self.tokens)
        for mention in self.mentions:
            inside[mention.start : mention.end] = [mention] * (mention.end - mention.start)
        object.__setattr__(self, "_inside", inside)

    def __len__(self) -> int:
        return len(self.tokens)

    def word(self, i: int) -> str:
        """The lower-case word at a position, empty outside the sentence."""
        return self.lowers[i] if 0 <= i < len(self.lowers) else ""

    def words(self, span: Span) -> tuple[str, ...]:
        return tuple(self.lowers[span[0] : span[1]])

    def mention(self, i: int) -> Mention | None:
        """The name that the token at a position belongs to."""
        return self._inside[i] if 0 <= i < len(self._inside) else None

    def mention_from(self, i: int) -> Mention | None:
        """The name that begins at a position."""
        found = self.mention(i)
        return found if found is not None and found.start == i else None

    def raw(self, span: Span) -> str:
        """The text of a span as it was written."""
        start, end = span
        if start >= end:
            return ""
        return self.text[self.tokens[start].start : self.tokens[end - 1].end]

    def value(self, span: Span) -> str:
        """The text of a span as a value: no article in front, no filler or mark behind."""
        return self.raw(self.trimmed(span))

    def trimmed(self, span: Span) -> Span:
        start, end = self.without_fluff(span)
        while start < end and self.mention_from(start) is None and self._opens_nothing(start):
            start += 1
        return start, end

    def _opens_nothing(self, i: int) -> bool:
        return self._is_mark(i) or self.lowers[i] in ARTICLES | {"some", "both"}

    def without_fluff(self, span: Span) -> Span:
        start, end = span
        shrinking = True
        while shrinking and end > start:
            shrinking = False
            for phrase in FLUFF_PHRASES:
                if end - start > len(phrase) and self.words((end - len(phrase), end)) == phrase:
                    end -= len(phrase)
                    shrinking = True
            if self._is_mark(end - 1) or (self.lowers[end - 1] in FLUFF and self.mention(end - 1) is None):
                end -= 1
                shrinking = True
        return start, end

    def items(self, span: Span) -> Iterator[Span]:
        """The parts of a list: `hiking, photography and old maps` are three."""
        start = span[0]
        for i in range(*span):
            if self.mention(i) is not None and self.mention(i) is self.mention(i - 1):
                continue
            if self.lowers[i] in LIST_WORDS or self.tokens[i].text in LIST_MARKS:
                if start < i:
                    yield start, i
                start = i + 1
        if start < span[1]:
            yield start, span[1]

    def _is_mark(self, i: int) -> bool:
        return self.tokens[i].kind == "mark" and self.tokens[i].text not in {"%", "+", "$", "€", "£"}
