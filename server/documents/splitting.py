"""A text as a sequence of small pieces, each beginning at the best border there is."""

import heapq
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import islice
from operator import attrgetter, itemgetter

from server.models.embedding import TokenCounter

PIECE_LENGTH = 80
_COUNTED_AT_ONCE = 2048
_MAX_SHIFT = 16
_LINE_END = "\n"
_CLOSING = r"""["'\u2019\u201d\u00bb\u300d\u300f)\]\uff09]*"""
_BORDER = re.compile(
    rf"""
    \n[^\S\n]*\n\s*                              # an empty line
    | [.!?\u2026]{_CLOSING}\s+                   # the end of a sentence
    | [\u3002\uff01\uff1f\uff61]{_CLOSING}\s*    # the same in scripts that put no space there
    | \n\s*
    """,
    re.VERBOSE,
)
_ABBREVIATIONS = tuple(
    f"{before}{word}."
    for before in (" ", "\n", "(")
    for word in "Mr Mrs Ms Dr Prof St vs etc e.g i.e bzw z.B d.h u.a Nr No Fig cf ca approx Inc Ltd Co Jr Sr".split()  # noqa: SIM905 - shorter to read
)


_JOINING = {"Mn", "Me", "Mc", "Cf", "Sk"}


class Border(IntEnum):
    """What a piece begins with, the weakest first."""

    WORD = 0
    LINE = 1
    SENTENCE = 2
    PARAGRAPH = 3
    HEADING = 4


@dataclass(frozen=True, slots=True)
class Piece:
    """A few words of a text, from `start` up to and without `end`."""

    start: int
    end: int
    border: Border
    tokens: int


def pieces(text: str, headings: Iterable[int], count_tokens: TokenCounter, max_tokens: int) -> Iterator[Piece]:
    """The whole text without gaps, in pieces of at most that many tokens; only a single character may have more."""
    spans = _short_spans(_bordered_spans(text, headings), text)
    while batch := [*islice(spans, _COUNTED_AT_ONCE)]:
        yield from _counted(text, batch, count_tokens, max_tokens)


Span = tuple[int, int, Border]


def _bordered_spans(text: str, headings: Iterable[int]) -> Iterator[Span]:
    """What stands between two borders."""
    found = ((match.end(), _border_after(text, match)) for match in _BORDER.finditer(text))
    marked = ((offset, Border.HEADING) for offset in sorted(headings) if 0 <= offset < len(text))
    start, border = 0, Border.PARAGRAPH
    for offset, following in heapq.merge(found, marked, key=itemgetter(0)):
        if offset > start:
            yield start, offset, border
            start, border = offset, following
        else:
            border = max(border, following)
    if start < len(text):
        yield start, len(text), border


def _border_after(text: str, found: re.Match[str]) -> Border:
    lines = text.count("\n", found.start(), found.end())
    if lines > 1:
        return Border.PARAGRAPH
    if text[found.start()] == "\n":
        return Border.LINE
    within_sentence = text[found.end() : found.end() + 1].islower() or text.endswith(
        _ABBREVIATIONS, 0, found.start() + 1
    )
    if within_sentence:
        return Border.LINE if lines else Border.WORD
    return Border.SENTENCE


def _short_spans(spans: Iterable[Span], text: str) -> Iterator[Span]:
    """Long spans divided between words, and short ones joined with those behind no stronger border."""
    start = end = 0
    border = Border.WORD
    for begin, stop, kind in spans:
        if kind <= border and stop - start <= PIECE_LENGTH and kind is not Border.HEADING:
            end = stop
            continue
        if end > start:
            yield start, end, border
        start, end, border = begin, stop, kind
        while end - start > PIECE_LENGTH:
            cut = _between_words(text, start, start + PIECE_LENGTH)
            yield start, cut, border
            start, border = cut, Border.WORD
    if end > start:
        yield start, end, border


def _counted(text: str, spans: Sequence[Span], count_tokens: TokenCounter, max_tokens: int) -> Iterator[Piece]:
    """Tokens are counted as they are within the text.

    The space behind a piece belongs to the first word of the next; a piece that follows no space is shown to the
    tokenizer behind a line end, because at the beginning of a text it would be given a space.
    """
    (line_end,) = count_tokens([_LINE_END])
    counted: list[Piece] = []
    while spans:
        shown = [_in_context(text, start, end) for start, end, _ in spans]
        too_long: list[Span] = []
        for (start, end, border), words, count in zip(spans, shown, count_tokens(shown), strict=True):
            tokens = count - line_end if words.startswith(_LINE_END) else count
            if tokens <= max_tokens or end - start == 1:
                counted.append(Piece(start, end, border, max(tokens, 1)))
            else:
                middle = _between_characters(text, start, (start + end) // 2)
                too_long += [(start, middle, border), (middle, end, Border.WORD)]
        spans = too_long
    counted.sort(key=attrgetter("start"))
    yield from counted


def _in_context(text: str, start: int, end: int) -> str:
    words = text[start : end - (text[end - 1] == " ")]
    return words if start == 0 or text[start - 1] == " " else _LINE_END + words


def _between_words(text: str, start: int, cut: int) -> int:
    """The last place before `cut` where a word begins, or else one between two characters."""
    return text.rfind(" ", start + 1, cut) + 1 or _between_characters(text, start, cut)


def _between_characters(text: str, start: int, cut: int) -> int:
    """The same place, or one a little before it that does not part a letter from its accent or join."""
    for earlier in range(cut, max(start, cut - _MAX_SHIFT), -1):
        if not _joins(text[earlier]) and text[earlier - 1] != "\u200d":
            return earlier
    return cut


def _joins(character: str) -> bool:
    """Whether it belongs to the character before it."""
    return character > "\u02ff" and (unicodedata.category(character) in _JOINING)
