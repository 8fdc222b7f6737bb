"""Finding the temporal phrases of a sentence: since 2019, for five years, next Friday, until September."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from server.memory.extraction.heuristic.calendar import DURATION, POINT, Calendar, Days
from server.memory.extraction.heuristic.line import Line, Span
from server.memory.extraction.heuristic.patterns import any_of, any_word

Kind = Literal["at", "since", "until", "by", "duration", "between"]

_POINT_KINDS: dict[str, Kind] = {
    "since": "since",
    "ever since": "since",
    "as of": "since",
    "starting": "since",
    "starting on": "since",
    "starting in": "since",
    "beginning": "since",
    "beginning in": "since",
    "effective": "since",
    "from": "since",
    "until": "until",
    "till": "until",
    "through": "until",
    "by": "by",
    "due": "by",
}
_AT_LEADS = ("back in", "in early", "in late", "in mid", "in", "on", "during", "around", "early", "late", "of")
_LEADS = "|".join(sorted((*_POINT_KINDS, *_AT_LEADS), key=len, reverse=True))
_LAST = any_of("for|for the last|for the past|over the last|over the past|in the last|in the past")
_AT = re.compile(rf"(?<!\S)(?:(?P<lead>{_LEADS}) )?(?:{POINT})(?!\S)")
_FOR = re.compile(
    rf"(?<!\S){_LAST} (?:{any_word('about almost nearly over around roughly')} )?{DURATION}(?! ago)(?: now)?(?!\S)"
)
_BETWEEN = re.compile(
    r"(?<!\S)(?:from|between) (?P<first>(?:19|20)\d\d) (?:to|until|till|and|-) (?P<second>(?:19|20)\d\d)(?!\S)"
)
_NEEDS_LEAD = ("month", "year", "dow", "season", "decade")


@dataclass(frozen=True, slots=True)
class Time:
    """A temporal phrase at a span of tokens, with the days it covers."""

    span: Span
    kind: Kind
    days: Days
    text: str


def times(line: Line, calendar: Calendar, *, future: bool) -> tuple[Time, ...]:
    """The temporal phrases of a sentence, left to right, none overlapping."""
    joined, starts = _joined(line)
    found: list[Time] = []
    for time in (*_between(joined, calendar), *_durations(joined, calendar), *_points(joined, calendar, future=future)):
        begin, end, kind, days = time
        span = _tokens(starts, begin, end)
        if not any(other.span[0] < span[1] and span[0] < other.span[1] for other in found) and not _in_name(line, span):
            found.append(Time(span, kind, days, line.raw(span)))
    return tuple(sorted(found, key=lambda item: item.span))


_Found = tuple[int, int, Kind, Days]


def _between(joined: str, calendar: Calendar) -> Iterator[_Found]:
    for match in _BETWEEN.finditer(joined):
        years = [_YEAR.fullmatch(match[name]) for name in ("first", "second")]
        first, second = (calendar.days(year, future=False) if year else None for year in years)
        if first and second and first.begin < second.end:
            yield match.start(), match.end(), "between", Days(first.begin, second.end)


_YEAR = re.compile(POINT)


def _durations(joined: str, calendar: Calendar) -> Iterator[_Found]:
    for match in _FOR.finditer(joined):
        begin = calendar.before(match)
        if begin is not None:
            yield match.start(), match.end(), "duration", Days(begin, begin, relative=True)


def _points(joined: str, calendar: Calendar, *, future: bool) -> Iterator[_Found]:
    for match in _AT.finditer(joined):
        lead = match["lead"]
        bare = next((name for name in _NEEDS_LEAD if match[name] is not None), None)
        if lead is None and bare in _NEEDS_LEAD and bare != "dow":
            continue
        kind: Kind = _POINT_KINDS.get(lead or "", "at")
        days = calendar.days(match, future=future or kind in {"until", "by"})
        if days is not None:
            until = Days(days.end, days.end, days.relative) if lead == "through" else days
            yield match.start(), match.end(), kind, until


def _joined(line: Line) -> tuple[str, list[int]]:
    starts, length = [], 0
    for word in line.lowers:
        starts.append(length)
        length += len(word) + 1
    return " ".join(line.lowers), starts


def _tokens(starts: list[int], begin: int, end: int) -> Span:
    first = sum(1 for start in starts if start < begin)
    last = sum(1 for start in starts if start < end)
    return first, last


def _in_name(line: Line, span: Span) -> bool:
    return any(line.mention(i) is not None for i in range(*span))
