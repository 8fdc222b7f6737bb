"""Counts the tokens of texts word by word, which are mostly words that were counted before."""

import re
from collections.abc import Callable, Iterable, Sequence

# A word with the spaces in front of it. No token of the model goes on beyond a space behind something else, so that
# words have the same tokens alone as in their text.
_WORDS = re.compile(" *[^ ]+| +")
# How a space is written in tokens, and tokens that stand for themselves: texts that hold them are counted as a whole.
_SPACE = "\u2581"
_MARKERS = re.compile(r"<(?:unk|/?s)>")
# The model does not put a space in front of nothing, which is what this one would be asked for as.
_ALONE = {" ": 1}
_LONGEST_KEPT = 40
_MOST_KEPT = 200_000


class TokenCounts:
    """What `count` says of texts, without asking it about each word again."""

    def __init__(self, count: Callable[[Sequence[str]], list[int]]) -> None:
        self._count = count
        self._known = dict(_ALONE)

    def of(self, texts: Iterable[str]) -> list[int]:
        return [self._of(text) for text in texts]

    def _of(self, text: str) -> int:
        if _SPACE in text or ("<" in text and _MARKERS.search(text)):
            return self._count([text])[0]
        if not text:
            return 0
        # The model itself puts a space in front of a text.
        words = _WORDS.findall(f" {text}")
        counts = list(map(self._known.get, words))
        if None in counts:
            self._learn({word for word, count in zip(words, counts, strict=True) if count is None})
            return sum(self._known.get(word) or self._count([word[1:]])[0] for word in words)
        return sum(filter(None, counts))

    def _learn(self, words: Iterable[str]) -> None:
        new = [word for word in words if len(word) <= _LONGEST_KEPT]
        if len(self._known) + len(new) > _MOST_KEPT:
            self._known = dict(_ALONE)
        self._known |= zip(new, self._count([word[1:] for word in new]), strict=True)
