"""What kind of question it is, and what an answer to it would hold."""

import re
from dataclasses import dataclass
from functools import cached_property

from server.core.vocabulary.questions import TypedQuestion, parse_question
from server.recall.dates import Span, spans

_WHEN = re.compile(
    r"\bwhen\b|\b(?:what|which) (?:date|day|month|year|time)\b|\bhow (?:long|old)\b|\bsince when\b", re.IGNORECASE
)
_HOW_MANY = re.compile(r"\bhow (?:many|much|often)\b", re.IGNORECASE)
_WHO = re.compile(r"\b(?:who|whom|whose|where|which)\b|\bname\b", re.IGNORECASE)
_OVERVIEW = re.compile(
    r"\b(?:summari[sz]e|summary|overview|recap|catch me up|everything)\b"
    r"|\bwhat do (?:you|we) (?:know|remember)(?: about me)?\W*$|\btell me about (?:me|myself)\b",
    re.IGNORECASE,
)
_SELF = re.compile(r"\b(?:i|me|my|mine|myself|we|us|our)\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:['\u2019-][^\W_]+)*")
_POSSESSIVE = re.compile(r"['\u2019]s?$")
LONGEST_NAME = 3
MOST_NAMES = 24


@dataclass(frozen=True)
class Understanding:
    """A question, read as far as rules can read it."""

    query: str

    @cached_property
    def typed(self) -> TypedQuestion | None:
        return parse_question(self.query)

    @cached_property
    def asks_when(self) -> bool:
        return _WHEN.search(self.query) is not None

    @cached_property
    def asks_how_many(self) -> bool:
        return _HOW_MANY.search(self.query) is not None

    @cached_property
    def asks_who(self) -> bool:
        return _WHO.search(self.query) is not None

    @cached_property
    def wants_everything(self) -> bool:
        return _OVERVIEW.search(self.query) is not None

    @cached_property
    def spans(self) -> list[Span]:
        return spans(self.query)

    @property
    def classification(self) -> str:
        """The name of the kind of question."""
        if self.wants_everything:
            return "overview"
        if self.typed:
            return "typed"
        if self.asks_when or self.spans:
            return "temporal"
        if self.asks_how_many:
            return "quantity"
        return "entity" if self.asks_who else "open"

    @cached_property
    def is_personal(self) -> bool:
        """Whether the user asks about themselves."""
        return _SELF.search(self.query) is not None

    def names(self, stop_words: frozenset[str]) -> list[str]:
        """Runs of words that somebody or something could be called, in the form in which names are compared."""
        words = [_POSSESSIVE.sub("", word).casefold() for word in _WORD.findall(self.query)]
        found: dict[str, None] = {}
        for length in range(1, LONGEST_NAME + 1):
            for at in range(len(words) - length + 1):
                run = words[at : at + length]
                if run[0] not in stop_words and run[-1] not in stop_words:
                    found[" ".join(run)] = None
        return list(found)[:MOST_NAMES]

    @cached_property
    def exact(self) -> frozenset[str]:
        """Names and numbers: questions that differ in one of them are different questions."""
        words = _WORD.findall(self.query)
        return frozenset(
            _POSSESSIVE.sub("", word).casefold()
            for at, word in enumerate(words)
            if any(map(str.isdigit, word)) or (word[0].isupper() and (at > 0 or len(words) == 1))
        )
