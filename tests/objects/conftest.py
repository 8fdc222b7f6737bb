"""A real S3 endpoint on loopback, and one store of each kind."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import boto3
import pytest

from server.objects.files import FileObjectStore
from server.objects.location import S3Location
from server.objects.s3 import S3Credentials, S3ObjectStore, S3Patience
from server.objects.store import ObjectStore

CREDENTIALS = S3Credentials("test-access", "test-secret")
IMPATIENT = S3Patience(attempts=2, connect_seconds=1.0, read_seconds=1.0)


@dataclass(frozen=True)
class S3Endpoint:
    """Where the test's S3 service listens."""

    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def create_bucket(self, name: str) -> None:
        client = boto3.session.Session().client(
            "s3",
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id=CREDENTIALS.access_key,
            aws_secret_access_key=CREDENTIALS.secret_key,
        )
        client.create_bucket(Bucket=name)
        client.close()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def s3_endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Endpoint]:
    port = free_port()
    log = tmp_path_factory.mktemp("s3") / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
            stdout=output,
            stderr=output,
            env={**os.environ, "MOTO_S3_CUSTOM_ENDPOINTS": f"http://127.0.0.1:{port}"},
        )
    try:
        _wait_for(lambda: _listens(port), log)
        yield S3Endpoint(port)
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def bucket(s3_endpoint: S3Endpoint, request: pytest.FixtureRequest) -> str:
    name = f"bucket-{abs(hash(request.node.nodeid)):x}"
    s3_endpoint.create_bucket(name)
    return name


@pytest.fixture
def make_s3(s3_endpoint: S3Endpoint, bucket: str) -> Callable[[int], S3ObjectStore]:
    """Makes stores on a port of choice, so that a test can put something in between."""

    def make(port: int = 0) -> S3ObjectStore:
        location = S3Location(bucket, "originals/", f"http://127.0.0.1:{port or s3_endpoint.port}", "us-east-1")
        return S3ObjectStore(location, credentials=CREDENTIALS, patience=IMPATIENT)

    return make


@pytest.fixture(params=["file", "s3"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[ObjectStore]:
    made: ObjectStore
    made = FileObjectStore(tmp_path / "objects") if request.param == "file" else request.getfixturevalue("make_s3")(0)
    yield made
    await made.close()


async def chunked(data: bytes, size: int = 65536) -> AsyncIterator[bytes]:
    for begin in range(0, len(data), size):
        yield data[begin : begin + size]


async def collected(stream: AsyncIterator[bytes]) -> bytes:
    return b"".join([chunk async for chunk in stream])


def _listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def _wait_for(condition: Callable[[], bool], log: Path) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.05)
