"""From a turn to its sentences, without what nobody says in their own name: code, log lines, quotations."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST = 1200
TOO_MUCH_CODE = 3
LONGEST_QUOTED_NAME = 3
_FENCE = re.compile(r"^\s{0,3}(?:```|~~~)")
_BULLET = re.compile(r"^\s{0,12}(?:[-*\u2022+]|\d{1,3}[.)])\s+")
_CLOSING = "\"'\u201d\u2019)\\]*_"
_END = re.compile(rf"(?:[.!?\u2026]{{1,8}}[{_CLOSING}]{{0,4}}(?=\s|$))|[\u3002\uff01\uff1f][{_CLOSING}]{{0,4}}")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:dr|mr|mrs|ms|prof|st|sr|jr|vs|e\.g|i\.e|approx|rev|capt|sgt|lt|gen|sen|hon|no"
    r"|(?:[a-z]\.){0,3}[a-z])\.$",
    re.IGNORECASE,
)
_SYMBOLS = re.compile(r"[{};=<>|\\]|\(\)|::")
_LOG_LINE = re.compile(
    r"^\s{0,20}(?:Traceback\b|File \"|at [\w.$]{1,200}\(|\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d)"
    r"|(?<!\w)\w{1,60}(?:Error|Exception):"
)
_QUOTATION = re.compile(r"[\"\u201c]([^\"\u201c\u201d\n]{0,400})[\"\u201d]")
_SPEECH = re.compile(r"\b(?:i|we|you|he|she|it|is|are|was)\b|[!?]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a turn."""

    text: str

    @property
    def question(self) -> bool:
        """Whether it ends with a question mark."""
        return any(mark in self.text[-4:] for mark in ("?", "\uff1f"))


def sentences(text: str) -> Iterator[Sentence]:
    for spoken in _spoken_lines(text):
        line = _QUOTATION.sub(_unquoted, spoken)
        start = 0
        for match in _END.finditer(line):
            if _goes_on(line, start, match.start(), match.end()):
                continue
            yield from _pieces(line, start, match.end())
            start = match.end()
        yield from _pieces(line, start, len(line))


def _spoken_lines(text: str) -> Iterator[str]:
    fenced = False
    for line in text.splitlines():
        if _FENCE.match(line):
            fenced = not fenced
        elif not (fenced or line.lstrip().startswith(">") or _looks_like_code(line[:LONGEST])):
            yield _BULLET.sub("", line, count=1)


def _looks_like_code(line: str) -> bool:
    return bool(_LOG_LINE.search(line)) or len(_SYMBOLS.findall(line)) >= TOO_MUCH_CODE


def _unquoted(match: re.Match[str]) -> str:
    """A quoted name stays, without its marks; what somebody is quoted to have said goes."""
    said = match.group(1)
    name = len(said.split()) <= LONGEST_QUOTED_NAME or (said.istitle() and len(said.split()) <= 2 * LONGEST_QUOTED_NAME)
    return said if name and not _SPEECH.search(said) else " "


def _goes_on(line: str, start: int, stop: int, end: int) -> bool:
    """Whether the full stop belongs to an abbreviation or an initial, or a small letter follows."""
    if line[stop] == "." and line[stop : stop + 2] != ".." and line[end : end + 2].strip()[:1].islower():
        return True
    return bool(_ABBREVIATION.search(line[max(start, stop - 12) : stop + 1])) and end < len(line)


def _pieces(line: str, start: int, stop: int) -> Iterator[Sentence]:
    """Cut where a run of text is too long to be a sentence, so that work stays linear in its length."""
    while start < stop:
        cut = line.rfind(" ", start + LONGEST // 2, start + LONGEST) if stop - start > LONGEST else stop
        end = cut if cut > start else min(start + LONGEST, stop)
        text = line[start:end].strip()
        if text:
            yield Sentence(text)
        start = end
