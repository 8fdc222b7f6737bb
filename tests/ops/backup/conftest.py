"""A deployment to save, and the desk of who saves it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import pytest

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
def desk(tmp_path: Path, deployment: Deployment, storage: Storage, request: pytest.FixtureRequest) -> Desk:
    address = str(storage)
    if address.startswith("s3://"):
        location: BucketLocation = request.getfixturevalue("bucket_location")
        address = f"s3://{location.bucket}/{location.prefix}?{urlencode({'endpoint': location.endpoint})}"
    return Desk(tmp_path, deployment, Repository(storage, lambda: datetime.now(UTC)), address)
