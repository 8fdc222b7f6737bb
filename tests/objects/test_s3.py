"""The S3 store against an endpoint that fails in every way a network can."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

import pytest

from server.core.errors import NotFoundError, UnavailableError
from server.objects.location import S3Location
from server.objects.s3 import S3ObjectStore
from server.objects.s3_transfer import Upload
from server.objects.store import MIB
from tests.objects.conftest import CREDENTIALS, IMPATIENT, S3Endpoint, chunked, collected, free_port
from tests.objects.faulty_proxy import FaultyProxy

LONG_AGO = datetime(1976, 1, 1, tzinfo=UTC)
LATER = datetime(9000, 1, 1, tzinfo=UTC)
KEY = "acme/ab/cd/abcd"
MakeS3 = Callable[[int], S3ObjectStore]


async def test_a_refused_connection_says_what_to_check(make_s3: MakeS3) -> None:
    store = make_s3(free_port())
    for attempt in (store.ping(), store.put(KEY, chunked(b"x")), store.stat(KEY), collected(store.open(KEY))):
        with pytest.raises(UnavailableError, match="endpoint does not answer; check the address"):
            await attempt
    await store.close()


async def test_a_missing_bucket_is_never_a_missing_object(s3_endpoint: S3Endpoint) -> None:
    location = S3Location("nobody-made-this", "", s3_endpoint.url)
    store = S3ObjectStore(location, credentials=CREDENTIALS, patience=IMPATIENT)
    for attempt in (store.ping(), store.put(KEY, chunked(b"x")), store.stat(KEY), collected(store.open(KEY))):
        with pytest.raises(UnavailableError, match="bucket does not exist; create it"):
            await attempt
    await store.close()


async def test_one_503_is_survived(s3_endpoint: S3Endpoint, make_s3: MakeS3) -> None:
    async with FaultyProxy(s3_endpoint.port) as proxy:
        store = make_s3(proxy.port)
        proxy.refusals = 1
        await store.put(KEY, chunked(b"precious"))
        assert await collected(store.open(KEY)) == b"precious"
        await store.close()


async def test_503_for_ever_is_unavailable(s3_endpoint: S3Endpoint, make_s3: MakeS3) -> None:
    async with FaultyProxy(s3_endpoint.port) as proxy:
        store = make_s3(proxy.port)
        proxy.refusals = 1000
        with pytest.raises(UnavailableError, match=r"refuses to answer now.*SlowDown"):
            await store.put(KEY, chunked(b"x"))
        await store.close()


async def test_an_endpoint_that_never_answers_is_given_up(s3_endpoint: S3Endpoint, make_s3: MakeS3) -> None:
    async with FaultyProxy(s3_endpoint.port) as proxy:
        store = make_s3(proxy.port)
        proxy.stalled = True
        with pytest.raises(UnavailableError, match="endpoint does not answer"):
            await store.stat(KEY)
        assert proxy.connections == IMPATIENT.attempts
        await store.close()


async def test_a_download_cut_half_way_goes_on_where_it_was(s3_endpoint: S3Endpoint, make_s3: MakeS3) -> None:
    data = os.urandom(4 * MIB)
    async with FaultyProxy(s3_endpoint.port) as proxy:
        store = make_s3(proxy.port)
        await store.put(KEY, chunked(data))
        await store.close()
        store = make_s3(proxy.port)
        proxy.cut_after, proxy.cuts = 2 * MIB, 1
        assert await collected(store.open(KEY)) == data
        assert proxy.cuts == 0
        await store.close()


async def test_a_download_cut_again_and_again_fails_aloud(s3_endpoint: S3Endpoint, make_s3: MakeS3) -> None:
    async with FaultyProxy(s3_endpoint.port) as proxy:
        store = make_s3(proxy.port)
        await store.put(KEY, chunked(bytes(4 * MIB)))
        await store.close()
        store = make_s3(proxy.port)
        proxy.cut_after, proxy.cuts = 100_000, 1000
        with pytest.raises(UnavailableError, match=f"could not read {KEY}"):
            await collected(store.open(KEY))
        await store.close()


async def test_an_upload_that_fails_half_way_leaves_no_parts(s3_endpoint: S3Endpoint, make_s3: MakeS3) -> None:
    async with FaultyProxy(s3_endpoint.port) as proxy:
        store = make_s3(proxy.port)

        async def source() -> AsyncIterator[bytes]:
            yield bytes(11 * MIB)
            proxy.refusals = IMPATIENT.attempts
            yield bytes(6 * MIB)

        with pytest.raises(UnavailableError, match=f"could not store {KEY}"):
            await store.put(KEY, source())
        assert proxy.refusals == 0
        with pytest.raises(NotFoundError):
            await store.stat(KEY)
        assert await store.clear_unfinished(LATER) == 0
        await store.close()


async def test_parts_left_by_a_killed_writer_are_cleared(make_s3: MakeS3, bucket: str) -> None:
    store = make_s3(0)
    Upload(store._client, bucket, "originals/acme/x").add(bytes(5 * MIB))
    assert await store.clear_unfinished(LONG_AGO) == 0
    assert await store.clear_unfinished(LATER) == 1
    assert await store.clear_unfinished(LATER) == 0
    await store.close()


async def test_keys_stand_below_the_prefix(make_s3: MakeS3, bucket: str) -> None:
    store = make_s3(0)
    await store.put(KEY, chunked(b"x"))
    names = [found["Key"] for found in store._client.list_objects_v2(Bucket=bucket)["Contents"]]
    assert names == [f"originals/{KEY}"]
    await store.close()


async def test_more_objects_than_one_page_are_listed_and_deleted(make_s3: MakeS3) -> None:
    store = make_s3(0)
    keys = [f"acme/{number:04d}" for number in range(1005)]
    for begin in range(0, len(keys), 50):
        await asyncio.gather(*(store.put(key, chunked(b"")) for key in keys[begin : begin + 50]))
    assert [found.key async for found in store.list("acme/")] == keys
    assert await store.delete_prefix("acme/") == len(keys)
    assert [found async for found in store.list()] == []
    await store.close()
