"""Which sets need not be kept, and why: a pure decision on what there is and what time it is."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

DAILY = timedelta(days=30)
WEEKLY = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Policy:
    """One set a day for so long, then one a week for so long."""

    daily: timedelta = DAILY
    weekly: timedelta = WEEKLY


@dataclass(frozen=True, slots=True)
class Candidate:
    """A set, as far as it matters here."""

    id: str
    started_at: datetime
    good: bool = True
    complete: bool = True
    holds: frozenset[str] = frozenset()
    lacks: frozenset[str] = frozenset()
    held: str | None = None
    read: str | None = None
    drilled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a set, in words."""

    id: str
    keep: bool
    reason: str


def decide(sets: Iterable[Candidate], now: datetime, policy: Policy) -> list[Decision]:
    """A decision for each set, the newest first."""
    newest_first = sorted(sets, key=lambda one: (one.started_at, one.id), reverse=True)
    if newest_first and not any(one.good for one in newest_first):
        reason = "no set is good: nothing is deleted until there is one"
        return [Decision(one.id, keep=True, reason=reason) for one in newest_first]
    protected = _protected(newest_first, now)
    days = _representatives(newest_first, now, policy.daily, lambda at: at.date())
    weeks = _representatives(newest_first, now, policy.weekly, _week)
    return [_decision(one, now, policy, protected, days, weeks) for one in newest_first]


def _decision(
    one: Candidate,
    now: datetime,
    policy: Policy,
    protected: dict[str, str],
    days: dict[date, Candidate],
    weeks: dict[date, Candidate],
) -> Decision:
    at = one.started_at.astimezone(UTC)
    day, week = days.get(at.date()), weeks.get(_week(at))
    if one.id in protected:
        return Decision(one.id, keep=True, reason=protected[one.id])
    if day is not None and day.id == one.id:
        return Decision(one.id, keep=True, reason=f"the set of {at:%Y-%m-%d}, a day less than {policy.daily.days} ago")
    if week is not None and week.id == one.id:
        return Decision(
            one.id, keep=True, reason=f"the set of the week of {_week(at)}, less than {policy.weekly.days} days ago"
        )
    if now - one.started_at >= policy.weekly and now - one.started_at >= policy.daily:
        return Decision(one.id, keep=False, reason=f"older than {max(policy.weekly, policy.daily).days} days")
    if day is not None:
        return Decision(one.id, keep=False, reason=f"the same day has {day.id}{_because(day, one)}")
    kept = f"the same week has {week.id}{_because(week, one)}" if week else "no week that is kept"
    return Decision(one.id, keep=False, reason=f"older than {policy.daily.days} days, and {kept}")


def _protected(newest_first: Sequence[Candidate], now: datetime) -> dict[str, str]:
    """Those that stay whatever their age, the first reason for each."""
    reasons: dict[str, str] = {}
    for one in newest_first:
        if one.held is not None:
            reasons.setdefault(one.id, f"held: {one.held or 'no reason given'}")
        if one.read is not None:
            reasons.setdefault(one.id, f"being read: {one.read or 'by somebody'}")
        if one.started_at > now:
            reasons.setdefault(one.id, "its time is yet to come; check the clocks of the machines that make backups")
    good = [one for one in newest_first if one.good]
    for whole, what in ((True, "the newest good set"), (False, "the newest good set of single Contexts")):
        for one in [one for one in good if one.complete is whole][:1]:
            reasons.setdefault(one.id, what)
    drilled = [one for one in newest_first if one.drilled_at is not None]
    if drilled:
        last = max(drilled, key=lambda one: (one.drilled_at, one.started_at))
        reasons.setdefault(last.id, "the last that passed a drill")
    for context in sorted(newest_first[0].lacks if newest_first else ()):
        for one in [one for one in newest_first if context in one.holds][:1]:
            reasons.setdefault(one.id, f"the last good dump of {context}, which newer sets lack")
    return reasons


def _representatives(
    newest_first: Sequence[Candidate], now: datetime, age: timedelta, period: Callable[[datetime], date]
) -> dict[date, Candidate]:
    """The one set to keep of each period: the newest good one, or the newest where none is good."""
    found: dict[date, Candidate] = {}
    for one in newest_first:
        if now - one.started_at < age:
            key = period(one.started_at.astimezone(UTC))
            if key not in found or (one.good and not found[key].good):
                found[key] = one
    return found


def _week(at: datetime) -> date:
    """The Monday of the week."""
    return at.date() - timedelta(days=at.weekday())


def _because(kept: Candidate, gone: Candidate) -> str:
    return ", which is good" if kept.good and not gone.good else ", which is newer"
