"""A deployment to save, and the desk of who saves it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import pytest

from ops.repository.directory import DirectoryStorage
from ops.repository.location import BucketLocation
from ops.repository.sets import Repository
from ops.repository.storage import Storage
from tests.ops.deployment import Deployment, serving
from tests.ops.desk import Desk


@pytest.fixture
def deployment() -> Iterator[Deployment]:
    with serving() as started:
        started.fill("acme", 300)
        started.fill("zoë", 20)
        started.documents["acme"] = {"d1": b"one" * 50_000, "d2": b"two", "d3": b"two"}
        yield started


@pytest.fixture
def desk(tmp_path: Path, deployment: Deployment, folder_storage: DirectoryStorage) -> Desk:
    """Backups in a folder."""
    return _desk(tmp_path, deployment, folder_storage, str(folder_storage))


@pytest.fixture(params=["folder", "bucket"])
def either(tmp_path: Path, deployment: Deployment, request: pytest.FixtureRequest) -> Desk:
    """Backups in a folder, and again in a bucket."""
    storage: Storage = request.getfixturevalue(f"{request.param}_storage")
    address = str(storage)
    if request.param == "bucket":
        location: BucketLocation = request.getfixturevalue("bucket_location")
        address = f"s3://{location.bucket}/{location.prefix}?{urlencode({'endpoint': location.endpoint})}"
    return _desk(tmp_path, deployment, storage, address)


def _desk(folder: Path, deployment: Deployment, storage: Storage, address: str) -> Desk:
    return Desk(folder, deployment, Repository(storage, lambda: datetime.now(UTC)), address)
