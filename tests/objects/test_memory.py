"""Large objects pass through without staying in memory."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.objects.conftest import CREDENTIALS, S3Endpoint

MEASURE = """
import asyncio, json, resource, sys
from server.objects.opening import open_store
from server.objects.s3 import S3Credentials

SIZE, CHUNK = 200 * 1024 * 1024, 65536

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

async def source(size):
    for number in range(size // CHUNK):
        yield number.to_bytes(8, "big") * (CHUNK // 8)

async def main():
    store = open_store(sys.argv[1], credentials=S3Credentials(sys.argv[2], sys.argv[3]))
    await store.put("acme/small", source(CHUNK))
    await store.put("acme/small", source(CHUNK))
    async for _ in store.open("acme/small"):
        pass
    before = peak()
    stored = await store.put("acme/large", source(SIZE))
    after_put = peak()
    read = 0
    async for chunk in store.open("acme/large"):
        read += len(chunk)
    print(json.dumps({"stored": stored.size, "read": read, "put": after_put - before, "all": peak() - before}))
    await store.close()

asyncio.run(main())
"""


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["file", "s3"])
def test_200_mb_cost_less_than_32(kind: str, tmp_path: Path, bucket: str, s3_endpoint: S3Endpoint) -> None:
    url = f"file://{tmp_path}" if kind == "file" else f"s3://{bucket}/large?endpoint={s3_endpoint.url}"
    ended = subprocess.run(
        [sys.executable, "-c", MEASURE, url, CREDENTIALS.access_key, CREDENTIALS.secret_key],
        capture_output=True,
        text=True,
        check=True,
    )
    measured = json.loads(ended.stdout)
    assert measured["stored"] == measured["read"] == 200 * 1024 * 1024
    assert measured["all"] < 32, measured
