"""Answers put together from what is recalled, word for word, without a language model."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from server.index.analysis import Analyzer, traits
from server.recall.hits import Hit, Recalled
from server.recall.understanding import Understanding

# The labels of turns that are answers of this server: they rest on what is known and are no source of it.
REPLY, REFLECTION = "chat:reply", "reflection"
OWN = frozenset({REPLY, REFLECTION})
UNKNOWN = "I do not know: nothing that I remember answers this."
KEPT = "I will remember that."
MOST_FACTS = 12
MOST_QUOTES = 5
MOST_ANSWERS, AS_GOOD = 2, 0.9
LONGEST_QUOTE = 400
# The share of the question's words that a passage has to have before it counts as an answer, or as near to one.
ANSWERS, RELATED = 0.5, 0.2
# How much it is worth when a sentence holds what is asked for, such as a time.
FITTING = 0.15
# A name tells whom a question is about, and little of what is asked.
NAME = 0.25
_BREAK = re.compile(r"(?<=[.!?])\s+|\n+")
_REQUEST = re.compile(
    r"^(?:please |(?:can|could|would) you )?(?:tell|show|list|give|remind|describe|explain|find|name|what|who|whom|"
    r"whose|when|where|which|why|how|do|does|did|is|are|was|were|am|has|have|had|can|could|will|would|should|summari[sz]e|"
    r"recap|recall|remember (?:what|when|who|where|how))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Extract:
    """A text, and the places of the hits in it, counted from 1, that it cites."""

    text: str
    cited: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Quote:
    """A sentence of a hit; `place` is where the hit stands among all, counted from 1."""

    place: int
    hit: Hit
    text: str
    share: float
    worth: float


class Extractive:
    """Says what the evidence says, and whether that is an answer."""

    def __init__(self) -> None:
        self._analyzer = Analyzer()

    def answer(self, question: str, recalled: Recalled, noted: Sequence[str] = ()) -> Extract:
        """The facts that were asked for, else the sentence that fits best; `noted` is what the message itself told."""
        understanding = Understanding(question)
        if not _asks(question, understanding):
            return Extract(f"Noted. {' '.join(noted)}".strip() if noted else KEPT)
        facts = [(place, hit) for place, hit in enumerate(recalled.hits, 1) if hit.kind == "fact"]
        if recalled.tier == "direct" or (facts and recalled.classification == "typed" and facts[0][0] == 1):
            return _stated(facts[:MOST_FACTS] if recalled.tier == "direct" else facts[:1])
        quotes = self._quotes(understanding, recalled.hits)
        if understanding.wants_everything:
            return _overview(facts, quotes)
        return self._best(understanding, facts, quotes)

    def overview(self, question: str, recalled: Recalled) -> Extract:
        """All that the evidence has to say about something: the facts, and what was said, in the order of time."""
        facts = [(place, hit) for place, hit in enumerate(recalled.hits, 1) if hit.kind == "fact"]
        quotes = self._quotes(Understanding(question), recalled.hits)
        return _overview(facts, [quote for quote in quotes if quote.share >= RELATED] or quotes[:1])

    def _best(self, asked: Understanding, facts: Sequence[tuple[int, Hit]], quotes: Sequence[_Quote]) -> Extract:
        terms = self._terms(asked)
        stated = [(self._share(terms, hit.text) + FITTING, place, hit) for place, hit in facts]
        known = max(stated, key=lambda one: (one[0], -one[1]), default=None)
        quote = quotes[0] if quotes else None
        if known and known[0] >= ANSWERS and (quote is None or known[0] >= quote.worth):
            return _stated([(known[1], known[2])])
        if quote and quote.share >= ANSWERS:
            as_good = [one for one in quotes[:MOST_ANSWERS] if one.worth >= AS_GOOD * quote.worth]
            lines = [f"{_said(one)} [{one.place}]" for one in as_good]
            return Extract("\n".join(lines), tuple(one.place for one in as_good))
        if quote and quote.share >= RELATED:
            return Extract(
                f"I am not sure. The nearest that I remember: {_said(quote)} [{quote.place}]", (quote.place,)
            )
        return Extract(UNKNOWN)

    def _quotes(self, asked: Understanding, hits: Sequence[Hit]) -> list[_Quote]:
        """Sentences that state something, best first; each hit gives its best one."""
        terms = self._terms(asked)
        found = []
        for place, hit in enumerate(hits, 1):
            if hit.kind == "fact" or OWN & hit.labels:
                continue
            around = self._share(terms, hit.text)
            sentences = [self._quote(asked, terms, place, hit, text, around) for text in _sentences(hit.text)]
            if sentences:
                found.append(max(sentences, key=lambda one: one.worth))
        return sorted(found, key=lambda one: (-one.worth, one.place))

    def _quote(
        self, asked: Understanding, terms: Mapping[str, float], place: int, hit: Hit, text: str, around: float
    ) -> _Quote:
        share = (self._share(terms, text) + around) / 2
        held = traits(text)
        fits = (asked.asks_when and held.times) or (asked.asks_how_many and held.numbers)
        fits = fits or (asked.asks_who and held.names)
        return _Quote(place, hit, text, share, share + (FITTING if fits else 0.0) + FITTING * hit.score)

    def _terms(self, asked: Understanding) -> dict[str, float]:
        """The words of a question, and how much each is worth."""
        names = {term for name in asked.exact for term in self._analyzer.terms(name)}
        return {term: NAME if term in names else 1.0 for term in self._analyzer.terms(asked.query)}

    def _share(self, terms: Mapping[str, float], text: str) -> float:
        """How much of a question's worth a text has."""
        held = frozenset(self._analyzer.terms(text))
        whole = sum(terms.values())
        return sum(worth for term, worth in terms.items() if term in held) / whole if whole else 0.0


def _asks(message: str, understanding: Understanding) -> bool:
    wanted = understanding.typed is not None or understanding.wants_everything
    return "?" in message or wanted or _REQUEST.match(message.strip()) is not None


def _sentences(text: str) -> Iterable[str]:
    for sentence in _BREAK.split(text):
        said = " ".join(sentence.split())
        if said and not said.endswith("?"):
            yield said if len(said) <= LONGEST_QUOTE else said[:LONGEST_QUOTE].rsplit(" ", 1)[0] + " \u2026"


def _said(quote: _Quote) -> str:
    hit, day = quote.hit, f"{quote.hit.said_at:%Y-%m-%d}"
    if hit.kind == "document":
        return f"{hit.title} says: \u201c{quote.text}\u201d"
    return f"\u201c{quote.text}\u201d ({hit.role or 'said'}, {day})"


def _stated(facts: Sequence[tuple[int, Hit]]) -> Extract:
    """Facts as sentences, one for each key of an entity; a value that another key has said is not said again."""
    grouped: dict[tuple[str | None, str | None], list[tuple[int, Hit]]] = {}
    said: set[tuple[str | None, str | None]] = set()
    for place, hit in facts:
        if (hit.entity, hit.value) not in said:
            grouped.setdefault((hit.entity, hit.key), []).append((place, hit))
            said.add((hit.entity, hit.value))
    sentences = []
    for (entity, key), group in grouped.items():
        values = ", ".join(str(hit.value) for _, hit in group)
        marks = " ".join(f"[{place}]" for place, _ in group)
        sentences.append(f"{_whose(entity)} {str(key).replace('_', ' ')}: {values}. {marks}")
    return Extract("\n".join(sentences), tuple(place for group in grouped.values() for place, _ in group))


def _whose(name: str | None) -> str:
    return f"{name}'" if str(name).endswith("s") else f"{name}'s"


def _overview(facts: Sequence[tuple[int, Hit]], quotes: Sequence[_Quote]) -> Extract:
    stated = _stated(facts[:MOST_FACTS])
    told = sorted(quotes[:MOST_QUOTES], key=lambda one: one.hit.said_at)
    lines = [stated.text] if stated.text else []
    lines += [f"{_said(quote)} [{quote.place}]" for quote in told]
    return Extract("\n".join(lines) or UNKNOWN, (*stated.cited, *(quote.place for quote in told)))
