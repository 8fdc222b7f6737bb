"""Passing, shutting and giving up at the gate."""

import asyncio

import pytest

from server.store.gate import Gate


async def over() -> None:
    await asyncio.sleep(0)


async def test_many_may_be_inside() -> None:
    gate = Gate()

    await asyncio.wait_for(asyncio.gather(*(gate.enter() for _ in range(100))), 5)


async def test_shutting_waits_for_those_inside_and_keeps_others_out() -> None:
    gate = Gate()
    await gate.enter()
    await gate.enter()
    shutting = asyncio.create_task(gate.shut())
    await asyncio.sleep(0)
    newcomer = asyncio.create_task(gate.enter())

    gate.leave()
    await asyncio.wait({shutting, newcomer}, timeout=0.01)
    assert not shutting.done()
    assert not newcomer.done()

    gate.leave()
    assert await shutting is True
    assert not newcomer.done()

    gate.reopen()
    await newcomer


async def test_an_empty_gate_shuts_at_once() -> None:
    assert await Gate().shut() is True


async def test_patience_has_an_end() -> None:
    gate = Gate()
    await gate.enter()

    assert await gate.shut(over()) is False

    await asyncio.wait_for(gate.enter(), 5)


async def test_a_cancelled_shutting_opens_the_gate_again() -> None:
    gate = Gate()
    await gate.enter()
    shutting = asyncio.create_task(gate.shut())
    await asyncio.sleep(0)
    shutting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await shutting

    await asyncio.wait_for(gate.enter(), 5)


async def test_whoever_is_cancelled_before_entering_is_not_waited_for() -> None:
    gate = Gate()
    await gate.shut()
    newcomer = asyncio.create_task(gate.enter())
    await asyncio.sleep(0)
    newcomer.cancel()
    with pytest.raises(asyncio.CancelledError):
        await newcomer
    gate.reopen()

    assert await asyncio.wait_for(gate.shut(), 5) is True
