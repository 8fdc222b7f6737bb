"""From the wording of a time to the days it covers, seen from the day it was said."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from server.memory.extraction.heuristic.patterns import any_of
from server.memory.extraction.heuristic.words import MONTHS, SEASONS, WEEKDAYS, number

DAY = timedelta(days=1)
MONTH_NAMES = (
    {name: i for i, name in enumerate(MONTHS, 1)}
    | {name[:3]: i for i, name in enumerate(MONTHS, 1) if name != "may"}
    | {"sept": 9}
)
SEASON_MONTHS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
_MONTH = "|".join(sorted(MONTH_NAMES, key=len, reverse=True))
_DAY = "|".join(WEEKDAYS)
_SEASON = "|".join(SEASONS)
_COUNT = any_of(
    r"\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty",
    "a couple of|a few",
)
_WHICH = "last|next|this|this past|this coming|the coming|the past"
_UNIT = "day|week|month|year|decade"

POINT = (
    r"(?P<iso>(?:19|20)\d\d-\d\d-\d\d)"
    rf"|(?:the )?(?P<d1>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?(?P<m1>{_MONTH})(?:(?: ,)? (?P<y1>(?:19|20)\d\d))?(?!\w)"
    rf"|(?P<m2>{_MONTH}) (?:the )?(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?(?:(?: ,)? (?P<y2>(?:19|20)\d\d))?(?!\w)"
    rf"|(?P<m3>{_MONTH}) (?:of )?(?P<y3>(?:19|20)\d\d)(?!\w)"
    rf"|(?P<which>{_WHICH}) (?P<what>{_UNIT}|weekend|{_DAY}|{_SEASON}|{_MONTH})(?!\w)"
    rf"|(?P<count>{_COUNT}) (?P<unit>{_UNIT})s? ago"
    r"|(?P<near>the day before yesterday|the day after tomorrow|yesterday|today|tomorrow|tonight)(?!\w)"
    rf"|(?P<dow>{_DAY})(?!\w)"
    rf"|(?P<season>{_SEASON})(?: of)? (?P<ys>(?:19|20)\d\d)"
    rf"|(?P<month>{_MONTH})(?!\w)"
    r"|(?P<year>(?:19|20)\d\d)(?![\w-])"
    r"|(?:the )?(?P<decade>(?:19|20)\d0)s"
)
DURATION = rf"(?P<many>{_COUNT}) (?P<span>{_UNIT})s?(?!\w)"
Match = re.Match[str]


@dataclass(frozen=True, slots=True)
class Days:
    """From `begin` up to `end`, midnights in UTC; `relative` when the wording means nothing on another day."""

    begin: datetime
    end: datetime
    relative: bool = False


class Calendar:
    """Reads wordings of times said at one moment; `future` says which way an ambiguous one (`in May`) points."""

    def __init__(self, at: datetime) -> None:
        moment = at.astimezone(UTC)
        self._today = moment.replace(hour=0, minute=0, second=0, microsecond=0)
        self._readers: Mapping[str, Callable[[Match, bool], Days | None]] = MappingProxyType(
            {
                "iso": self._iso,
                "d1": lambda match, future: self._date(match["y1"], match["m1"], match["d1"], future=future),
                "d2": lambda match, future: self._date(match["y2"], match["m2"], match["d2"], future=future),
                "m3": lambda match, _: self._month(int(match["y3"]), MONTH_NAMES[match["m3"]]),
                "which": self._which,
                "count": lambda match, _: self._ago(match),
                "near": lambda match, _: self._near(match["near"]),
                "dow": lambda match, future: self._weekday(WEEKDAYS.index(match["dow"]), future=future),
                "season": lambda match, _: self._season(int(match["ys"]), match["season"]),
                "month": lambda match, future: self._named_month(match["month"], future=future),
                "year": lambda match, _: self._year(int(match["year"])),
                "decade": lambda match, _: Days(
                    _day(int(match["decade"]), 1, 1), _day(int(match["decade"]) + 10, 1, 1)
                ),
            }
        )

    def days(self, match: Match, *, future: bool) -> Days | None:
        """What a match of `POINT` covers, or None for a date that does not exist."""
        groups = match.groupdict()
        name = next(name for name in self._readers if groups.get(name) is not None)
        try:
            return self._readers[name](match, future)
        except (ValueError, OverflowError):
            return None

    def before(self, match: Match) -> datetime | None:
        """Where a match of `DURATION` that ends now began."""
        return self._back(match["many"], match["span"])

    def _iso(self, match: Match, _future: bool) -> Days:
        begin = datetime.fromisoformat(match["iso"]).replace(tzinfo=UTC)
        return Days(begin, begin + DAY)

    def _date(self, year: str | None, month: str, day: str, *, future: bool) -> Days:
        name = MONTH_NAMES[month]
        begin = _day(int(year) if year else self._today.year, name, int(day))
        if not year and future and begin < self._today:
            begin = _day(begin.year + 1, name, int(day))
        if not year and not future and begin > self._today:
            begin = _day(begin.year - 1, name, int(day))
        return Days(begin, begin + DAY)

    def _named_month(self, month: str, *, future: bool) -> Days:
        name, year = MONTH_NAMES[month], self._today.year
        if future and name < self._today.month:
            year += 1
        if not future and name > self._today.month:
            year -= 1
        return self._month(year, name)

    def _month(self, year: int, month: int) -> Days:
        return Days(_day(year, month, 1), _day(year + month // 12, month % 12 + 1, 1))

    def _year(self, year: int) -> Days:
        return Days(_day(year, 1, 1), _day(year + 1, 1, 1))

    def _season(self, year: int, season: str) -> Days:
        month = SEASON_MONTHS[season]
        end = month + 3
        return Days(_day(year, month, 1), _day(year + (end - 1) // 12, (end - 1) % 12 + 1, 1))

    def _near(self, word: str) -> Days:
        offset = {"the day before yesterday": -2, "yesterday": -1, "tomorrow": 1, "the day after tomorrow": 2}.get(
            word, 0
        )
        begin = self._today + offset * DAY
        return Days(begin, begin + DAY, relative=True)

    def _weekday(self, index: int, *, future: bool) -> Days:
        ahead = (index - self._today.weekday()) % 7
        begin = self._today + (ahead if future else ahead - 7 if ahead else 0) * DAY
        return Days(begin, begin + DAY, relative=True)

    def _ago(self, match: Match) -> Days | None:
        begin = self._back(match["count"], match["unit"])
        return None if begin is None else Days(begin, begin + DAY, relative=True)

    def _back(self, count: str, unit: str) -> datetime | None:
        amount = {"a couple of": 2, "a few": 3}.get(count) or number(count)
        if amount is None:
            return None
        if unit in {"day", "week"}:
            return self._today - amount * (7 if unit == "week" else 1) * DAY
        months = amount * {"month": 1, "year": 12, "decade": 120}[unit]
        index = self._today.year * 12 + self._today.month - 1 - months
        year, month = divmod(index, 12)
        for day in range(self._today.day, 27, -1):
            if _exists(year, month + 1, day):
                return _day(year, month + 1, day)
        return _day(year, month + 1, min(self._today.day, 28))

    def _which(self, match: Match, _future: bool) -> Days | None:
        step = {"last": -1, "this past": -1, "the past": -1, "next": 1, "this coming": 0, "the coming": 0}.get(
            match["which"], 0
        )
        what = match["what"]
        if what in WEEKDAYS:
            days = self._in_week(step, WEEKDAYS.index(what), 1)
        elif what == "weekend":
            days = self._in_week(step, 5, 2)
        elif what == "week":
            days = self._in_week(step, 0, 7)
        elif what == "day":
            days = Days(self._today + step * DAY, self._today + (step + 1) * DAY)
        elif what in SEASON_MONTHS:
            days = self._nearest_season(what, step)
        elif what in MONTH_NAMES:
            days = self._nearest_month(MONTH_NAMES[what], step)
        elif what == "month":
            year, month = divmod(self._today.year * 12 + self._today.month - 1 + step, 12)
            days = self._month(year, month + 1)
        else:
            days = self._year(self._today.year + step)
        return Days(days.begin, days.end, relative=True)

    def _in_week(self, step: int, index: int, length: int) -> Days:
        """Weeks begin on Monday: next Friday is the one of next week."""
        begin = self._today + (7 * step + index - self._today.weekday()) * DAY
        return Days(begin, begin + length * DAY)

    def _nearest_season(self, season: str, step: int) -> Days:
        days = self._season(self._today.year, season)
        if step < 0 and days.end > self._today:
            return self._season(self._today.year - 1, season)
        if step > 0 and days.begin <= self._today:
            return self._season(self._today.year + 1, season)
        return days

    def _nearest_month(self, month: int, step: int) -> Days:
        year = self._today.year
        if step < 0 and month >= self._today.month:
            year -= 1
        if step > 0 and month <= self._today.month:
            year += 1
        return self._month(year, month)


def _day(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, tzinfo=UTC)


def _exists(year: int, month: int, day: int) -> bool:
    try:
        _day(year, month, day)
    except ValueError:
        return False
    return True
