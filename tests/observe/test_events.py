"""Events reach every reader once and in order, and a reader's slowness is its own affair."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

import pytest

from server.core.scope import parse
from server.core.visibility import visible
from server.observe.events import Event, EventBus, Wanted
from tests.support.clock import FakeClock

PATIENCE = 10
CAPACITY = 8
ALL = Wanted()

Events = AsyncGenerator[Event | None, None]


@pytest.fixture
def bus(clock: FakeClock) -> EventBus:
    return EventBus(clock, "epoch", capacity=CAPACITY)


@asynccontextmanager
async def following(bus: EventBus, wanted: Wanted = ALL, last: str | None = None) -> AsyncIterator[Events]:
    events = bus.follow(wanted, last)
    try:
        yield events
    finally:
        await events.aclose()


async def following_now(events: Events) -> asyncio.Task[Event | None]:
    """The next event, for which its reader is already waiting."""
    task = asyncio.ensure_future(anext(events))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return task


async def numbers(events: Events, count: int) -> list[object]:
    async with asyncio.timeout(PATIENCE):
        found = [await anext(events) for _ in range(count)]
    return [event and (event.data.get("n") if event.kind != "reset" else "reset") for event in found]


def publish(bus: EventBus, *values: int, context_id: str = "acme") -> list[str]:
    return [bus.publish("job", context_id, {"n": value}).id for value in values]


async def ended(events: Events) -> bool:
    async with asyncio.timeout(PATIENCE):
        return [event async for event in events] == []


async def test_a_reader_gets_what_comes_after_it_came(bus: EventBus) -> None:
    publish(bus, 1)
    async with following(bus) as events:
        first = await following_now(events)
        publish(bus, 2, 3, 4)
        assert (event := await first) is not None
        assert event.data == {"n": 2}
        assert await numbers(events, 2) == [3, 4]


async def test_every_reader_gets_all(bus: EventBus) -> None:
    async with following(bus) as one, following(bus) as other:
        waiting = [await following_now(one), await following_now(other)]
        publish(bus, 1, 2)
        assert [event and event.data["n"] for event in await asyncio.gather(*waiting)] == [1, 1]
        assert await numbers(one, 1) == await numbers(other, 1) == [2]


async def test_a_reader_that_comes_back_goes_on_where_it_was(bus: EventBus) -> None:
    ids = publish(bus, 1, 2, 3)
    async with following(bus, last=ids[0]) as events:
        assert await numbers(events, 2) == [2, 3]


async def test_a_reader_that_missed_nothing_waits(bus: EventBus) -> None:
    (last,) = publish(bus, 1)
    async with following(bus, last=last) as events:
        waiting = await following_now(events)
        publish(bus, 2)
        assert (event := await waiting) is not None
        assert event.data == {"n": 2}


async def test_all_that_is_kept_can_be_read_again(bus: EventBus) -> None:
    ids = publish(bus, *range(20))
    async with following(bus, last=ids[20 - CAPACITY - 1]) as events:
        assert await numbers(events, CAPACITY) == list(range(20 - CAPACITY, 20))


@pytest.mark.parametrize(
    "last", ["other-1", "epoch-999", "epoch-1", "epoch-", "epoch", "", "epoch--1", "epoch-²", "epoch-" + "9" * 5000]
)
async def test_a_reader_that_has_missed_some_is_told_so(bus: EventBus, last: str) -> None:
    newest = publish(bus, *range(20))[-1]
    async with following(bus, last=last) as events:
        async with asyncio.timeout(PATIENCE):
            reset = await anext(events)
        assert reset is not None
        assert (reset.kind, reset.id) == ("reset", newest)
        waiting = await following_now(events)
        publish(bus, 20)
        assert (event := await waiting) is not None
        assert event.data == {"n": 20}


async def test_the_id_of_a_reset_can_be_gone_on_from(bus: EventBus) -> None:
    publish(bus, 1)
    async with following(bus, last="other-5") as events:
        reset = await anext(events)
    assert reset is not None
    publish(bus, 2)
    async with following(bus, last=reset.id) as events:
        assert await numbers(events, 1) == [2]


async def test_a_reader_that_is_too_slow_is_dropped_and_the_others_are_not(bus: EventBus) -> None:
    start = publish(bus, 0)[0]
    async with following(bus, last=start) as slow, following(bus, last=start) as quick:
        publish(bus, 1)
        assert await numbers(slow, 1) == await numbers(quick, 1) == [1]
        for number in range(2, 2 + 3 * CAPACITY):
            publish(bus, number)
            assert await numbers(quick, 1) == [number]

        assert await ended(slow)
        assert bus.gauges()["dropped"] == 1


async def test_the_filters_hold_together(bus: EventBus) -> None:
    start = publish(bus, 0)[0]
    bus.publish("job", "acme", {"n": 1})
    bus.publish("job", "beta", {"n": 2})
    bus.publish("document", "acme", {"n": 3})
    bus.publish("sweep", None, {"n": 4})

    async def seen(wanted: Wanted) -> list[object]:
        bus.publish("document", "acme", {"n": -1})
        found: list[object] = []
        async with following(bus, wanted, start) as events:
            while (number := (await numbers(events, 1))[0]) != -1:
                found.append(number)
        return found

    assert await seen(ALL) == [1, 2, 3, 4]
    assert await seen(Wanted(context_id="acme", kinds=frozenset({"document"}))) == [3]


async def test_a_floor_sees_its_own_scope_and_what_is_general(bus: EventBus) -> None:
    start = publish(bus, 0)[0]
    for number, scope in enumerate([{"user": "alice"}, {"user": "bob"}, {"user": "alice", "team": "x"}, {}], 1):
        bus.publish("document", "acme", {"n": number}, parse(scope))

    async with following(bus, Wanted(visibility=visible(parse({"user": "alice"}))), start) as events:
        assert await numbers(events, 3) == [1, 3, 4]


async def test_silence_is_broken_by_heartbeats(bus: EventBus, clock: FakeClock) -> None:
    async with following(bus) as events:
        for _ in range(3):
            waiting = await following_now(events)
            clock.advance(14)
            assert not waiting.done()
            clock.advance(1)
            assert await waiting is None


async def test_events_for_others_do_not_put_heartbeats_off(bus: EventBus, clock: FakeClock) -> None:
    async with following(bus, Wanted(context_id="beta")) as events:
        waiting = await following_now(events)
        for number in range(5):
            clock.advance(3)
            publish(bus, number)
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        assert await waiting is None


async def test_closing_ends_every_reader(bus: EventBus) -> None:
    async with following(bus) as events:
        waiting = await following_now(events)
        bus.close()
        with pytest.raises(StopAsyncIteration):
            await waiting
    assert bus.gauges()["readers"] == 0
