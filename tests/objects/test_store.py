"""What every object store does alike."""

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from blake3 import blake3

from server.core.errors import NotFoundError, ValidationError
from server.objects.store import MIB, ObjectStat, ObjectStore, checked_key, object_key
from tests.objects.conftest import chunked, collected

LATER = datetime(9000, 1, 1, tzinfo=UTC)
KEY = object_key("acme-prod", "0123456789abcdef")


@pytest.mark.parametrize("size", [0, 1, 65536, 5 * MIB, 5 * MIB + 1, 12 * MIB + 7])
async def test_an_object_comes_back_byte_for_byte(store: ObjectStore, size: int) -> None:
    data = os.urandom(size)
    stored = await store.put(KEY, chunked(data))
    assert (stored.key, stored.size, stored.digest) == (KEY, size, blake3(data).hexdigest())
    assert await store.stat(KEY) == ObjectStat(KEY, size)
    assert await collected(store.open(KEY)) == data


@pytest.mark.parametrize(
    ("start", "end"), [(0, 10), (5, None), (0, None), (99, 100), (100, None), (250, None), (90, 500), (7, 7)]
)
async def test_a_range_is_the_slice_of_the_same_name(store: ObjectStore, start: int, end: int | None) -> None:
    data = bytes(range(100))
    await store.put(KEY, chunked(data))
    assert await collected(store.open(KEY, start, end)) == data[start:end]


@pytest.mark.parametrize(("start", "end"), [(-1, None), (5, 4)])
async def test_a_range_without_meaning_is_refused(store: ObjectStore, start: int, end: int | None) -> None:
    with pytest.raises(ValidationError, match="begin at 0 or later"):
        await collected(store.open(KEY, start, end))


async def test_what_is_not_there_is_named(store: ObjectStore) -> None:
    for attempt in (store.stat(KEY), collected(store.open(KEY)), collected(store.open(KEY, 3, 3))):
        with pytest.raises(NotFoundError, match=KEY):
            await attempt


async def test_a_second_write_replaces_the_first(store: ObjectStore) -> None:
    await store.put(KEY, chunked(b"first and long"))
    await store.put(KEY, chunked(b"second"))
    assert await collected(store.open(KEY)) == b"second"


async def test_deleting_twice_is_no_error(store: ObjectStore) -> None:
    await store.put(KEY, chunked(b"x"))
    await store.delete(KEY)
    await store.delete(KEY)
    with pytest.raises(NotFoundError):
        await store.stat(KEY)


async def test_objects_are_listed_by_prefix_in_the_order_of_keys(store: ObjectStore) -> None:
    keys = ["acme/aa/1", "acme/ab/2", "acme-two/aa/1", "acme/aa/10", "b/x"]
    for key in keys:
        await store.put(key, chunked(key.encode()))
    assert [found.key async for found in store.list()] == sorted(keys)
    assert [found async for found in store.list("acme/")] == [
        ObjectStat("acme/aa/1", 9),
        ObjectStat("acme/aa/10", 10),
        ObjectStat("acme/ab/2", 9),
    ]
    assert [found.key async for found in store.list("acme/aa/1")] == ["acme/aa/1", "acme/aa/10"]
    assert [found.key async for found in store.list("nobody/")] == []


async def test_a_context_is_deleted_whole_and_alone(store: ObjectStore) -> None:
    for key in ("acme/aa/1", "acme/ab/2", "acme-two/aa/1"):
        await store.put(key, chunked(b"x"))
    assert await store.delete_prefix("acme/") == 2
    assert [found.key async for found in store.list()] == ["acme-two/aa/1"]
    assert await store.delete_prefix("acme/") == 0


async def test_everything_is_never_deleted_at_once(store: ObjectStore) -> None:
    with pytest.raises(ValidationError, match="every object"):
        await store.delete_prefix("")


@pytest.mark.parametrize(
    "key", ["", "/etc/passwd", "../up", "a/../b", "a//b", "a/.hidden", "a/b/", "a\\b", "a\0b", "ä", "a/" + "b" * 600]
)
async def test_a_key_that_could_lead_elsewhere_is_refused(store: ObjectStore, key: str) -> None:
    with pytest.raises(ValidationError, match="cannot be the key"):
        await store.put(key, chunked(b"x"))
    with pytest.raises(ValidationError, match="cannot be the key"):
        await collected(store.open(key))
    with pytest.raises(ValidationError, match="cannot be the key"):
        await store.delete(key)


@pytest.mark.parametrize("size", [1, 6 * MIB])
async def test_a_write_whose_source_breaks_leaves_nothing(store: ObjectStore, size: int) -> None:
    async def breaking() -> AsyncIterator[bytes]:
        yield bytes(size)
        yield bytes(size)
        raise ConnectionResetError("the client went away")

    with pytest.raises(ConnectionResetError, match="went away"):
        await store.put(KEY, breaking())
    assert [found async for found in store.list()] == []
    assert await store.clear_unfinished(LATER) == 0


@pytest.mark.parametrize("size", [1, 6 * MIB])
async def test_a_cancelled_write_leaves_nothing(store: ObjectStore, size: int) -> None:
    waiting = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        yield bytes(size)
        yield bytes(size)
        waiting.set()
        await asyncio.Event().wait()

    write = asyncio.create_task(store.put(KEY, endless()))
    await waiting.wait()
    write.cancel()
    with pytest.raises(asyncio.CancelledError):
        await write
    assert [found async for found in store.list()] == []
    assert await store.clear_unfinished(LATER) == 0


async def test_writes_reads_and_deletes_side_by_side(store: ObjectStore) -> None:
    async def cycle(number: int) -> bytes:
        key = object_key("acme", f"{number:08d}")
        await store.put(key, chunked(str(number).encode()))
        data = await collected(store.open(key))
        await store.delete(key)
        return data

    async def look() -> None:
        for _ in range(20):
            assert all([found.size in {1, 2, 3} async for found in store.list("acme/")])

    watching = asyncio.create_task(look())
    assert await asyncio.gather(*(cycle(number) for number in range(200))) == [str(n).encode() for n in range(200)]
    await watching
    assert [found async for found in store.list()] == []


async def test_a_store_that_works_answers(store: ObjectStore) -> None:
    await store.ping()


def test_keys_begin_with_the_context() -> None:
    assert object_key("acme-prod", "abcdef") == "acme-prod/ab/cd/abcdef"
    assert checked_key("a/b.c_d-e") == "a/b.c_d-e"
