"""Waiting for what happens, and for what is to end."""

import asyncio

import pytest

from server.core.errors import UnavailableError
from server.core.waiting import ended, happened
from tests.support.clock import FakeClock


async def test_what_happens_ends_the_waiting() -> None:
    event, clock = asyncio.Event(), FakeClock()
    waiting = asyncio.create_task(happened(event, clock, 5))
    await asyncio.sleep(0)
    event.set()
    assert await waiting


async def test_the_time_ends_it_too() -> None:
    clock = FakeClock()
    waiting = asyncio.create_task(happened(asyncio.Event(), clock, 5))
    for _ in range(3):
        await asyncio.sleep(0)
    clock.advance(5)
    assert not await waiting


async def test_a_task_that_misses_it_once_is_cancelled_again() -> None:
    missed = asyncio.Event()

    async def deaf() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            missed.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(deaf())
    await asyncio.sleep(0)
    await ended(task, again_after=0.01)
    assert missed.is_set()
    assert task.cancelled()


async def test_what_a_task_failed_with_is_not_lost() -> None:
    async def fail() -> None:
        raise UnavailableError("The database is away.")

    task = asyncio.create_task(fail())
    await asyncio.sleep(0)
    with pytest.raises(UnavailableError):
        await ended(task)
