"""Random histories, replayed against a model in plain Python that keeps every event and forgets nothing."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.core.clock import SystemClock
from server.core.scope import EMPTY
from server.core.visibility import visible
from server.memory.reading.beliefs import everything
from server.memory.reading.instant import Instant
from server.store.binding import Binding
from server.store.embedded import EmbeddedEngine
from server.store.engine import Database
from server.store.migrations import Migrator, load
from tests.memory.world import SCOPE, World, fact
from tests.support.clock import FakeClock

START = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
SINGLE, MANY = "location", "allergy"


@dataclass(frozen=True)
class Event:
    """Something said, an hour after what was said before; times are hours from the beginning."""

    key: str
    value: str
    since: int | None = None
    until: int | None = None
    denied: bool = False


@dataclass
class Period:
    """A value with what was known of its end, and since when."""

    event: Event
    said_at: datetime
    begins: datetime | None
    ends: list[tuple[datetime, datetime | None]]

    def end(self, known_at: datetime) -> datetime | None:
        return [end for learnt_at, end in self.ends if learnt_at <= known_at][-1]

    def close(self, at: datetime, end: datetime) -> None:
        end = max(end, self.begins) if self.begins else end
        latest = self.ends[-1][1]
        if latest is None or latest > end:
            self.ends.append((at, end))


@dataclass
class Model:
    """Replays what was said in order; the engine of the test is that it is so much simpler than the server."""

    periods: list[Period] = field(default_factory=list)

    def hear(self, event: Event, at: datetime) -> None:
        since = None if event.since is None else START + event.since * HOUR
        until = None if event.until is None else START + event.until * HOUR
        believed = [
            one for one in self.periods if one.event.key == event.key and ((end := one.ends[-1][1]) is None or end > at)
        ]
        same = [one for one in believed if one.event.value == event.value]
        if event.denied:
            for one in same:
                one.close(at, until or since or at)
            return
        over = until is not None and until <= at
        if over:
            known = [one for one in self.periods if one.event.key == event.key and one.event.value == event.value]
            if not any(one.ends[-1][1] == until for one in known):
                self._begin(event, at, since, until)
            return
        current = [one for one in same if event.key == MANY or one is self._head(event.key)]
        if current:
            if until is not None and current[0].ends[-1][1] != until:
                current[0].ends.append((at, until))
            return
        if event.key == SINGLE:
            for one in believed:
                one.close(at, since or at)
        self._begin(event, at, since or at, until)

    def _head(self, key: str) -> Period | None:
        """The value last begun that was not of a time already over."""
        begun = [one for one in self.periods if one.event.key == key and not self._was_over(one)]
        return begun[-1] if begun else None

    @staticmethod
    def _was_over(period: Period) -> bool:
        first = period.ends[0][1]
        return first is not None and first <= period.said_at

    def _begin(self, event: Event, at: datetime, since: datetime | None, until: datetime | None) -> None:
        self.periods.append(Period(event, at, since, [(at, until)]))

    def believed(self, as_of: datetime, known_at: datetime) -> set[tuple[str, str]]:
        held = [
            one
            for one in self.periods
            if one.said_at <= known_at
            and (one.begins is None or one.begins <= as_of)
            and ((end := one.end(known_at)) is None or as_of < end)
        ]
        last = [one for one in held if one.event.key == SINGLE][-1:]
        return {(one.event.key, one.event.value) for one in held if one.event.key == MANY or one in last}


HOURS = st.none() | st.integers(-6, 18)
HALF_HOURS = st.none() | st.integers(-12, 36)
EVENTS = st.builds(
    Event,
    key=st.sampled_from([SINGLE, MANY]),
    value=st.sampled_from(["ash", "birch", "cedar"]),
    since=HOURS,
    until=HOURS,
    denied=st.booleans(),
).filter(lambda event: event.since is None or event.until is None or event.since < event.until)


@pytest.fixture
async def database() -> AsyncIterator[Database]:
    async with EmbeddedEngine(None, SystemClock()) as engine:
        database = Database(engine, Binding("acme", "instants"))
        await engine.create_database(database.binding)
        await Migrator(engine, SystemClock()).apply(database.binding, load("context"))
        yield database


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    events=st.lists(EVENTS, min_size=1, max_size=8),
    asked=st.lists(st.tuples(HALF_HOURS, HALF_HOURS), min_size=6, max_size=6),
)
async def test_what_was_believed_at_any_instant_of_any_time(
    database: Database, events: list[Event], asked: list[tuple[int | None, int | None]]
) -> None:
    for table in ("session", "turn", "memory_chunk", "entity", "attribute", "relates_to"):
        await database.write(f"DELETE {table} RETURN NONE")
    clock = FakeClock(START)
    world, model = World(database, clock), Model()
    for event in events:
        at = clock.now()
        since = None if event.since is None else START + event.since * HOUR
        until = None if event.until is None else START + event.until * HOUR
        await world.state(fact("alice", event.key, event.value, since=since, until=until, negated=event.denied))
        model.hear(event, at)
        clock.advance(3599)
    now = clock.now()
    for as_of_half, known_half in asked:
        as_of = None if as_of_half is None else START + as_of_half * HOUR / 2
        known_at = None if known_half is None else START + known_half * HOUR / 2
        instant = Instant.of(now, as_of, known_at)
        found = await everything(database, visible(EMPTY), instant, limit=100)
        told = {(row.key, row.value) for row in found.attributes}
        assert told == model.believed(instant.as_of, instant.known_at), (instant, [str(event) for event in events])
        assert all(row.scope == SCOPE for row in found.attributes)


def test_an_instant_of_recording_is_also_the_time_asked_of() -> None:
    now, then, earlier = START + 3 * HOUR, START + HOUR, START
    assert Instant.of(now) == Instant(now, now)
    assert Instant.of(now, as_of=then) == Instant(then, now)
    assert Instant.of(now, at_instant=then) == Instant(then, then)
    assert Instant.of(now, as_of=earlier, at_instant=then) == Instant(earlier, then)
