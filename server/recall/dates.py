"""Dates that a question names, as spans of time."""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}
_MONTHS["sept"] = 9
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_NAMED = re.compile(
    rf"\b(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? )?(?P<month>{_MONTH})\b\.?"
    r"(?: (?P<day_after>\d{1,2})(?:st|nd|rd|th)?\b(?!:))?(?:,? (?:of )?(?P<year>(?:19|20)\d\d))?",
    re.IGNORECASE,
)
_WRITTEN = re.compile(r"\b(?P<year>(?:19|20)\d\d)-(?P<month>\d\d)(?:-(?P<day>\d\d))?\b")
_YEAR = re.compile(r"\b(?P<year>(?:19|20)\d\d)\b")
# How many days it takes until a mention of the past is only about a third as likely.
FADING_DAYS = 10.0
_SECONDS_A_DAY = 86_400.0
MONTHS = 12


@dataclass(frozen=True, slots=True)
class Span:
    """From one moment up to another."""

    begin: datetime
    end: datetime

    def closeness(self, times: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
        """One for moments inside, less for those before or after: people tell of things a while later."""
        begin, end = self.begin.timestamp(), self.end.timestamp()
        days = np.maximum(0.0, np.maximum(times - end, begin - times)) / _SECONDS_A_DAY
        return np.exp(-days / FADING_DAYS).astype(np.float32)


def spans(question: str) -> list[Span]:
    """The days, months and years that are named with their year."""
    found: list[Span] = []
    rest = question
    for pattern in (_WRITTEN, _NAMED, _YEAR):
        for match in pattern.finditer(rest):
            found.extend(_span(match))
        rest = pattern.sub(" ", rest)
    return found


def _span(match: re.Match[str]) -> Iterator[Span]:
    parts = match.groupdict()
    if parts["year"] is None:
        return
    year, month = int(parts["year"]), parts.get("month")
    day = parts.get("day") or parts.get("day_after")
    if month is None:
        yield Span(datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC))
        return
    number = int(month) if month.isdigit() else _MONTHS[month.lower()]
    if not 1 <= number <= MONTHS:
        return
    last = calendar.monthrange(year, number)[1]
    if day is None:
        begin = datetime(year, number, 1, tzinfo=UTC)
        yield Span(begin, begin + timedelta(days=last))
    elif 1 <= int(day) <= last:
        begin = datetime(year, number, int(day), tzinfo=UTC)
        yield Span(begin, begin + timedelta(days=1))
