"""When a job is due: always UTC, so that no hour comes twice or never."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from hashlib import sha256
from typing import Literal

Every = Literal["hour", "day", "week"]
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
PERIODS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7)}
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True, slots=True)
class Timing:
    """Every hour, day or week at a time, shifted by up to `jitter`, which is always the same for the same run."""

    every: Every
    at: time = time(0)
    weekday: int = 0
    jitter: timedelta = timedelta(0)

    def next_after(self, moment: datetime) -> datetime:
        """The first time after that, without jitter."""
        first = self._first_at_or_before(moment.astimezone(UTC))
        return first + PERIODS[self.every]

    def latest_at(self, moment: datetime) -> datetime:
        """The last time that is not after it, without jitter."""
        return self._first_at_or_before(moment.astimezone(UTC))

    def shifted(self, due: datetime, job: str) -> datetime:
        """When the run that is due then begins."""
        span = int(self.jitter.total_seconds())
        if not span:
            return due
        chance = int.from_bytes(sha256(f"{job} {due.isoformat()}".encode()).digest()[:8])
        return due + timedelta(seconds=chance % (span + 1))

    def _first_at_or_before(self, moment: datetime) -> datetime:
        if self.every == "hour":
            begin = moment.replace(minute=self.at.minute, second=self.at.second, microsecond=0)
        else:
            begin = datetime.combine(moment.date(), self.at, UTC)
            if self.every == "week":
                begin -= timedelta(days=(moment.weekday() - self.weekday) % 7)
        return begin if begin <= moment else begin - PERIODS[self.every]


def duration(text: str) -> timedelta:
    """`90s`, `10m`, `2h` or `30d`."""
    match = re.fullmatch(r"(\d+)([smhd])", text.strip())
    if match is None:
        raise ValueError(f"{text!r} is no duration; write a whole number with s, m, h or d, such as 10m")
    return timedelta(**{UNITS[match[2]]: int(match[1])})
