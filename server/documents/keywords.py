"""What a document is about, by RAKE: phrases between small words, scored by the company their words keep."""

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from server.documents.stopwords import EVERY_STOP_WORD, STOP_WORDS

MAX_WORDS = 4
_MIN_LENGTH = 3
_MAX_LENGTH = 80
# A word, or else, with no group, what divides two phrases: anything but plain space.
_TOKENS = re.compile(r"([^\W_]+(?:[-'\u2019.+#&][^\W_]+)*(?:\+\+|\#)?)|[^\w\s]|\n")
# Where nothing divides words: signs of meaning, without those that only join them.
_SIGNS = re.compile(
    "[\u4e00-\u9fff\u3005]{2,8}|[\u30a0-\u30ff]{3,20}|[A-Za-z][A-Za-z0-9.+#-]{2,}|[\u3002\uff0c\u3001\uff01\uff1f\n]"
)
_JOINING_SIGNS = re.compile("[的了和是在我他這这们們就不都也很你着與与及或被把那]")
_UNDIVIDED = {"zh", "ja"}


@dataclass(frozen=True, slots=True)
class Keyword:
    """A phrase as the document writes it, the form by which it is the same everywhere, and a score of at most 1."""

    text: str
    normalised: str
    score: float
    count: int


def normalised(phrase: str) -> str:
    """The one form of a phrase, whatever its case, width, spaces and apostrophes."""
    return " ".join(unicodedata.normalize("NFKC", phrase).casefold().replace("\u2019", "'").split())


def keywords(text: str, language: str | None = None, *, limit: int = 20) -> list[Keyword]:
    """The phrases that say most about a text, the best first.

    Once there are enough phrases that occur again, those that occur only once are left out.
    """
    first_form: dict[str, str] = {}
    counts: Counter[str] = Counter()
    frequency: Counter[str] = Counter()
    degree: defaultdict[str, int] = defaultdict(int)
    shortest = _MIN_LENGTH - (language in _UNDIVIDED)
    for words in _phrases(text, language):
        phrase = " ".join(words)
        key = _plain(phrase)
        parts = key.split()
        if not shortest <= len(key) <= _MAX_LENGTH or len(parts) != len(words):
            continue
        first_form.setdefault(key, phrase)
        counts[key] += 1
        for word in parts:
            frequency[word] += 1
            degree[word] += len(words)
    repeated = [key for key, count in counts.items() if count > 1]
    scores = {
        key: sum(degree[word] / frequency[word] for word in key.split()) * (1 + math.log(counts[key]))
        for key in (repeated if len(repeated) >= limit else counts)
    }
    best = sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:limit]
    return [Keyword(first_form[key], key, score / best[0][1], counts[key]) for key, score in best]


def _phrases(text: str, language: str | None) -> Iterator[list[str]]:
    """Words in a row with no small word, number or mark between them; rows of too many say too little."""
    if language in _UNDIVIDED:
        for found in _SIGNS.finditer(_JOINING_SIGNS.sub("\n", text) if language == "zh" else text):
            if len(found[0]) > 1:
                yield [found[0]]
        return
    stop_words = STOP_WORDS.get(language or "", EVERY_STOP_WORD)
    words: list[str] = []
    belongs = {"": False}
    for word in _TOKENS.findall(text):
        if (belonging := belongs.get(word)) is None:
            belonging = len(word) > 1 and not word.isdecimal() and _plain(word) not in stop_words
            belongs[word] = belonging
        if belonging:
            words.append(word)
            continue
        if 0 < len(words) <= MAX_WORDS:
            yield words
        words = []
    if 0 < len(words) <= MAX_WORDS:
        yield words


def _plain(words: str) -> str:
    """The same as `normalised`, for words with single spaces between them."""
    return words.lower() if words.isascii() else normalised(words)
