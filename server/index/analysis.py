"""Text as the search index sees it: the terms it is found by, and a few traits that tell what it may answer."""

import re
from dataclasses import dataclass

from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

STOP_WORDS = (
    "a about after again all also am an and any are as at be because been before being below between both but by can "
    "could d did didn do does doesn doing don done down during each few for from further had has have having he her "
    "here hers him his how i if in into is isn it its itself just ll m me more most my mine no nor not now of off on "
    "once only or other our ours out over own re s same shan she should so some such t than that the their theirs them "
    "then there these they this those through to too until up us ve very was wasn we were weren what when where which "
    "while who whom whose why will with would you your yours above against aren under"
)
LONGEST_TERM = 64

_IDEOGRAPHS = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]+")
_ASKS = re.compile(r"\?\s*(?:[\[(][^\])]*[\])]\s*)?$")
# Whole words are looked up one by one: to search a text for all of them at once takes ten times as long.
_WORDS = re.compile(r"\w+")
_TIME_WORDS = (
    "yesterday today tonight tomorrow last next ago week weeks weekend month months year years day days monday tuesday "
    "wednesday thursday friday saturday sunday january february march april may june july august september october "
    "november december recently morning evening night since soon"
)
_NUMBER_WORDS = "one two three four five six seven eight nine ten dozen couple several first second third once twice"
_TIMES = frozenset(_TIME_WORDS.split())
_NUMBERS = frozenset(_NUMBER_WORDS.split())
_YEAR_DIGITS = 4
_NAMES = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]+")


@dataclass(frozen=True, slots=True)
class Traits:
    """What a text holds that an answer could consist of; counts stop where more makes no difference."""

    asks: bool
    times: int
    numbers: int
    names: int


class Analyzer:
    """Cuts text into lower-case English stems without the words that every text has."""

    def __init__(self) -> None:
        stop_words = STOP_WORDS.split()
        self._analyzer = (
            TextAnalyzerBuilder(Tokenizer.simple())
            .filter(Filter.remove_long(LONGEST_TERM))
            .filter(Filter.lowercase())
            .filter(Filter.ascii_fold())
            .filter(Filter.custom_stopword(stop_words))
            .filter(Filter.stemmer("english"))
            .build()
        )
        self._stop_words = frozenset(stop_words)

    def terms(self, text: str) -> list[str]:
        """In the order of the text, as often as they stand there."""
        if text.isascii():
            return self._analyzer.analyze(text)
        pairs = [run[at : at + 2] for run in _IDEOGRAPHS.findall(text) for at in range(max(1, len(run) - 1))]
        return self._analyzer.analyze(_IDEOGRAPHS.sub(" ", text)) + pairs

    def essence(self, text: str) -> str:
        """The text without its stop words, for an embedding that weighs every word alike."""
        kept = [word for word in text.split() if word.strip("?!.,;:'\"()").lower() not in self._stop_words]
        return " ".join(kept) or text


def traits(text: str) -> Traits:
    words = _WORDS.findall(text.lower())
    decimals = list(filter(str.isdecimal, words))
    numbers = len(decimals) + sum(map(_NUMBERS.__contains__, words))
    times = sum(len(word) == _YEAR_DIGITS for word in decimals) + sum(map(_TIMES.__contains__, words))
    return Traits(
        asks=_ASKS.search(text) is not None,
        times=min(2, times),
        numbers=min(2, numbers),
        names=min(3, len(_NAMES.findall(text))),
    )
