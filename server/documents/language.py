"""Which language a text is in.

Decided by script and by small words: the lists that keywords need anyway suffice for texts of a paragraph and more,
take no model and no download, and a wrong answer can be understood. What they can't tell stays open.
"""

import re
from collections import Counter
from collections.abc import Mapping

from server.documents.stopwords import STOP_WORDS

SAMPLE = 20_000
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")
_SCRIPTS: Mapping[str, re.Pattern[str]] = {
    "kana": re.compile("[\u3040-\u30ff]"),
    "han": re.compile("[\u4e00-\u9fff]"),
    "ko": re.compile("[\uac00-\ud7af\u1100-\u11ff]"),
    "cyrillic": re.compile("[\u0400-\u04ff]"),
    "ar": re.compile("[\u0600-\u06ff]"),
    "he": re.compile("[\u0590-\u05ff]"),
    "el": re.compile("[\u0370-\u03ff]"),
    "th": re.compile("[\u0e00-\u0e7f]"),
    "hi": re.compile("[\u0900-\u097f]"),
    "latin": re.compile("[A-Za-z\u00c0-\u024f]"),
}
# A sign of Han stands for about as much as this many letters.
_WEIGHTS = {"han": 3.0, "kana": 2.0, "ko": 2.0}
_LANGUAGES: Mapping[str, list[str]] = {
    word: [language for language, stop_words in STOP_WORDS.items() if word in stop_words]
    for word in set().union(*STOP_WORDS.values())
}
_UKRAINIAN = re.compile("[\u0456\u0457\u0454\u0491]")
_PERSIAN = re.compile("[\u067e\u0686\u0698\u06af]")
_MIN_WORDS = 5
_MIN_SHARE = 0.08
_MIN_LEAD = 1.15
_KANA_SHARE = 0.1
_SIGN_SHARE = 0.02


def detect(text: str) -> str | None:
    """The code of the language (ISO 639-1) of most of a text, None if that is not clear."""
    sample = _sample(text).casefold()
    counts = _counts(sample)
    script = max(counts, key=lambda name: counts[name] * _WEIGHTS.get(name, 1.0))
    if not counts[script]:
        return None
    match script:
        case "han" | "kana":
            return "ja" if counts["kana"] > _KANA_SHARE * (counts["han"] + counts["kana"]) else "zh"
        case "cyrillic":
            signs = len(_UKRAINIAN.findall(sample))
            return "uk" if signs > _SIGN_SHARE * counts[script] else _by_small_words(sample)
        case "ar":
            return "fa" if len(_PERSIAN.findall(sample)) > _SIGN_SHARE * counts[script] else "ar"
        case "latin":
            return _by_small_words(sample)
        case _:
            return script


def _counts(sample: str) -> dict[str, int]:
    """How many letters of each script there are; in plain ASCII there is only one."""
    if sample.isascii():
        return {"latin": len(sample)}
    return {name: len(letters.findall(sample)) for name, letters in _SCRIPTS.items()}


def _sample(text: str) -> str:
    """The beginning and the middle: the beginning alone is often a table of contents or a legal notice."""
    if len(text) <= SAMPLE:
        return text
    middle = len(text) // 2
    return f"{text[: SAMPLE // 2]} {text[middle : middle + SAMPLE // 2]}"


def _by_small_words(sample: str) -> str | None:
    words = Counter(word.replace("\u2019", "'") for word in _WORD.findall(sample))
    total = words.total()
    if total < _MIN_WORDS:
        return None
    scores = dict.fromkeys(STOP_WORDS, 0.0)
    for word, count in words.items():
        languages = _LANGUAGES.get(word, [])
        for language in languages:
            scores[language] += count / len(languages)
    (best, most), (_, second), *_ = sorted(scores.items(), key=lambda item: -item[1])
    return best if most >= _MIN_SHARE * total and most >= _MIN_LEAD * second else None
