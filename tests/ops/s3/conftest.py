"""A bucket, and the desk of who sets it up."""

import io
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from ops.cli import app
from ops.repository.bucket_client import bucket_client
from ops.repository.location import BucketLocation
from spectron.terminal.terminal import Terminal
from tests.ops.conftest import CREDENTIALS, IMPATIENT
from tests.ops.desk import Outcome

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@pytest.fixture
def client(bucket_location: BucketLocation) -> "Iterator[S3Client]":
    made = bucket_client(bucket_location, CREDENTIALS, IMPATIENT)
    yield made
    made.close()


class Counter:
    """Runs `spectron-ops s3` on one bucket."""

    def __init__(self, folder: Path, address: str) -> None:
        self._folder = folder
        self.address = address

    def run(self, *arguments: str) -> Outcome:
        stdout, stderr = io.StringIO(), io.StringIO()
        environ = {
            "HOME": str(self._folder),
            "SPECTRON_BUCKET": self.address,
            "AWS_ACCESS_KEY_ID": CREDENTIALS.access_key,
            "AWS_SECRET_ACCESS_KEY": CREDENTIALS.secret_key,
        }
        terminal = Terminal(environ, self._folder, io.StringIO(), stdout, stderr)
        code = 0
        with redirect_stdout(stdout), redirect_stderr(stderr):
            try:
                app(["s3", *arguments], prog_name="spectron-ops", obj=terminal)
            except SystemExit as stop:
                code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
        return Outcome(code, stdout.getvalue(), stderr.getvalue())


@pytest.fixture
def counter(tmp_path: Path, bucket_location: BucketLocation) -> Counter:
    address = f"s3://{bucket_location.bucket}/originals?{urlencode({'endpoint': bucket_location.endpoint})}"
    return Counter(tmp_path, address)
