"""What is kept and what is deleted, over years of any schedule."""

import os
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from ops.backup.pruning import Candidate, Decision, Policy, decide

ROUNDS = int(os.environ.get("SPECTRON_ROUNDS", "5")) * 20
BEGIN = datetime(2026, 1, 1, 3, tzinfo=UTC)
DECADE = timedelta(days=3652)
POLICY = Policy()


def nightly(days: int) -> list[Candidate]:
    return [Candidate(f"s{day:05}", BEGIN + timedelta(days=day)) for day in range(days)]


def kept(decisions: Sequence[Decision]) -> set[str]:
    return {one.id for one in decisions if one.keep}


def week(at: datetime) -> date:
    return at.date() - timedelta(days=at.weekday())


def test_a_year_and_a_half_of_nights() -> None:
    sets = nightly(550)
    decisions = decide(sets, BEGIN + timedelta(days=549, hours=1), POLICY)
    assert [one.id for one in decisions] == [one.id for one in reversed(sets)]
    assert len(kept(decisions)) == 30 + 48
    assert {one.id: one.reason for one in decisions}["s00100"] == "older than 365 days"
    assert "the same week has" in {one.id: one.reason for one in decisions}["s00400"]
    assert all(one.reason for one in decisions)


def test_of_one_day_the_newest_good_one_stays() -> None:
    sets = [
        Candidate("early", BEGIN),
        Candidate("late", BEGIN + timedelta(hours=8)),
        Candidate("broken", BEGIN + timedelta(hours=9), good=False),
    ]
    decisions = {one.id: one for one in decide(sets, BEGIN + timedelta(days=1), POLICY)}
    assert [name for name, one in decisions.items() if one.keep] == ["late"]
    assert decisions["broken"].reason == "the same day has late, which is good"
    assert decisions["early"].reason == "the same day has late, which is newer"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"held": "audit"}, "held: audit"),
        ({"held": ""}, "held: no reason given"),
        ({"read": "a restore"}, "being read: a restore"),
        ({"drilled_at": BEGIN}, "the last that passed a drill"),
        ({"complete": False}, "the newest good set of single Contexts"),
    ],
)
def test_what_is_protected_stays_for_ever(change: dict[str, object], reason: str) -> None:
    old = replace(Candidate("old", BEGIN), **change)  # type: ignore[arg-type]
    decisions = {one.id: one for one in decide([old, *nightly(2000)[1990:]], BEGIN + timedelta(days=2000), POLICY)}
    assert decisions["old"] == Decision("old", keep=True, reason=reason)


def test_only_the_last_drilled_one_is_protected_by_it() -> None:
    first, second = Candidate("a", BEGIN, drilled_at=BEGIN), Candidate("b", BEGIN, drilled_at=BEGIN + timedelta(days=1))
    assert kept(decide([first, second, *nightly(2000)[1999:]], BEGIN + timedelta(days=2000), POLICY)) == {"b", "s01999"}


def test_the_newest_good_one_stays_however_old_and_however_many_bad_ones_follow() -> None:
    bad = [replace(one, good=False) for one in nightly(900)[1:]]
    assert "s00000" in kept(decide([nightly(1)[0], *bad], BEGIN + timedelta(days=900), POLICY))


def test_while_none_is_good_none_is_deleted() -> None:
    bad = [replace(one, good=False) for one in nightly(900)]
    assert len(kept(decide(bad, BEGIN + timedelta(days=2000), POLICY))) == 900


def test_the_last_dump_of_a_context_that_fails_ever_since_stays() -> None:
    first = replace(Candidate("first", BEGIN), holds=frozenset({"acme", "beta"}))
    later = [replace(one, good=False, holds=frozenset({"beta"}), lacks=frozenset({"acme"})) for one in nightly(900)[1:]]
    whole = Candidate("whole", BEGIN + timedelta(days=800), holds=frozenset({"beta"}))
    reasons = {one.id: one.reason for one in decide([first, whole, *later], BEGIN + timedelta(days=900), POLICY)}
    assert reasons["first"] == "the last good dump of acme, which newer sets lack"


def test_a_set_of_the_future_stays() -> None:
    decisions = decide([Candidate("tomorrow", BEGIN + timedelta(days=1)), Candidate("now", BEGIN)], BEGIN, POLICY)
    assert kept(decisions) == {"tomorrow", "now"}


def test_nothing_is_decided_about_nothing() -> None:
    assert decide([], BEGIN, POLICY) == []


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_ten_years_of_any_schedule(seed: int) -> None:
    chance = random.Random(seed)
    policy = Policy(
        timedelta(days=chance.choice([1, 7, 30, 30, 60])), timedelta(days=chance.choice([30, 365, 365, 700]))
    )
    world = World(chance, policy)
    while world.now < BEGIN + DECADE:
        world.live()
        world.prune()


class World:
    """Sets come at random times in random states; after every pruning the promises are checked."""

    def __init__(self, chance: random.Random, policy: Policy) -> None:
        self.now = BEGIN
        self._chance = chance
        self._policy = policy
        self._gap = chance.choice([0.5, 1, 1, 1, 3, 7])
        self._failing = chance.choice([0, 0.05, 0.3, 0.9])
        self._sets: dict[str, Candidate] = {}
        self._made: list[Candidate] = []

    def live(self) -> None:
        until = self.now + timedelta(days=self._chance.uniform(1, 60))
        while self.now < until:
            self.now += timedelta(days=self._gap * self._chance.uniform(0.2, 1.8))
            made = Candidate(
                f"s{len(self._made):06}",
                self.now,
                good=self._chance.random() >= self._failing,
                complete=self._chance.random() < 0.95,
                held="kept" if self._chance.random() < 0.002 else None,
                drilled_at=self.now if self._chance.random() < 0.02 else None,
            )
            self._sets[made.id] = made
            self._made.append(made)

    def prune(self) -> None:
        before = dict(self._sets)
        decisions = decide(before.values(), self.now, self._policy)
        assert {one.id for one in decisions} == before.keys()
        self._sets = {one.id: before[one.id] for one in decisions if one.keep}
        self._check_protected(before)
        self._check_periods(before)
        self._check_age()
        assert kept(decide(self._sets.values(), self.now, self._policy)) == self._sets.keys()

    def _check_protected(self, before: dict[str, Candidate]) -> None:
        good = [one for one in before.values() if one.good and one.complete]
        if good:
            assert max(good, key=lambda one: one.started_at).id in self._sets
        assert {one.id for one in before.values() if one.held is not None} <= self._sets.keys()
        drilled = [one for one in before.values() if one.drilled_at is not None]
        if drilled:
            assert max(drilled, key=lambda one: one.started_at).id in self._sets

    def _check_periods(self, before: dict[str, Candidate]) -> None:
        """Whatever day or week had a good set when it was pruned still has one."""
        good = [one for one in before.values() if one.good]
        left = [one for one in self._sets.values() if one.good]
        for age, period in ((self._policy.daily, datetime.date), (self._policy.weekly, week)):
            wanted = {period(one.started_at) for one in good if self.now - one.started_at < age}
            assert wanted <= {period(one.started_at) for one in left}

    def _check_age(self) -> None:
        """What is older than both spans is there for a reason alone, and no more than the spans have room for."""
        longest = max(self._policy.daily, self._policy.weekly)
        if not any(one.good for one in self._sets.values()):
            return
        old = [one for one in self._sets.values() if self.now - one.started_at >= longest]
        held = sum(one.held is not None for one in self._sets.values())
        assert len(old) <= held + 3
        assert len(self._sets) <= self._policy.daily.days + 1 + self._policy.weekly.days / 7 + 2 + held + 3
