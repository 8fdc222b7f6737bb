"""Argon2id as it is meant to be, and never more of it at once than allowed."""

import asyncio

import argon2
import pytest

from server.control.hashing import Hasher
from server.core.errors import RateLimitedError
from tests.support.app import CountingHasher


async def test_the_parameters_in_production() -> None:
    hasher = Hasher()
    text = await hasher.hash("secret")
    hasher.close()
    parameters = argon2.extract_parameters(text)
    assert parameters.type is argon2.Type.ID
    assert parameters.memory_cost >= 19 * 1024
    assert parameters.time_cost >= 2
    assert (parameters.hash_len, parameters.salt_len) == (32, 16)


async def test_right_and_wrong() -> None:
    hasher = CountingHasher()
    text = await hasher.hash("secret")
    assert text != await hasher.hash("secret")
    assert await hasher.verify(text, "secret")
    assert not await hasher.verify(text, "Secret")
    assert not await hasher.verify(text, "")
    assert not await hasher.verify("no hash at all", "secret")
    assert not await hasher.verify(text[:-5], "secret")
    hasher.close()


async def test_too_many_at_once_are_turned_away_and_the_others_served() -> None:
    hasher = CountingHasher(max_waiting=5)
    text = await hasher.hash("secret")
    outcomes = await asyncio.gather(*(hasher.verify(text, "secret") for _ in range(20)), return_exceptions=True)
    assert outcomes.count(True) == 5
    assert {type(outcome) for outcome in outcomes if outcome is not True} == {RateLimitedError}
    assert await hasher.verify(text, "secret")
    hasher.close()


async def test_one_that_is_cancelled_gives_its_place_free() -> None:
    hasher = CountingHasher(max_waiting=1)
    text = await hasher.hash("secret")
    verifying = asyncio.create_task(hasher.verify(text, "secret"))
    await asyncio.sleep(0)
    with pytest.raises(RateLimitedError):
        await hasher.verify(text, "secret")
    verifying.cancel()
    await asyncio.wait({verifying})
    assert await hasher.verify(text, "secret")
    hasher.close()
