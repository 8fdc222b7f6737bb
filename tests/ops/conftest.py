"""Repositories of each kind, on a clock that stands still."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ops.repository.bucket import BucketStorage
from ops.repository.bucket_client import Credentials, Patience
from ops.repository.directory import DirectoryStorage
from ops.repository.location import BucketLocation, FolderLocation
from ops.repository.sets import Repository
from ops.repository.storage import Storage
from tests.objects.conftest import S3Endpoint, bucket, s3_endpoint
from tests.support.clock import ManualClock

__all__ = ["bucket", "s3_endpoint"]

CREDENTIALS = Credentials("test-access", "test-secret")
IMPATIENT = Patience(attempts=2, connect_seconds=1.0, read_seconds=5.0)
START = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)

MakeStorage = Callable[[], Storage]


@pytest.fixture
def still() -> ManualClock:
    return ManualClock(START)


@pytest.fixture
def bucket_location(s3_endpoint: S3Endpoint, bucket: str) -> BucketLocation:
    return BucketLocation(bucket, "backups/", s3_endpoint.url, "us-east-1")


@pytest.fixture
def folder_storage(tmp_path: Path) -> DirectoryStorage:
    return DirectoryStorage(FolderLocation(tmp_path / "repository"))


@pytest.fixture
def bucket_storage(bucket_location: BucketLocation) -> Iterator[BucketStorage]:
    storage = BucketStorage(bucket_location, credentials=CREDENTIALS, patience=IMPATIENT)
    yield storage
    storage.close()


@pytest.fixture(params=["folder", "bucket"])
def storage(request: pytest.FixtureRequest) -> Storage:
    found: Storage = request.getfixturevalue(f"{request.param}_storage")
    return found


@pytest.fixture
def repository(storage: Storage, still: ManualClock) -> Repository:
    return Repository(storage, still.now)
