"""From the options of a command to the bucket."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated

import typer

from ops.repository.bucket_client import Credentials, Patience, bucket_client
from ops.repository.location import BucketLocation
from ops.s3.part import Bucket
from ops.s3.wanted import Wanted
from spectron.terminal.session import Session


@dataclass(frozen=True)
class BucketOptions:
    """Which bucket."""

    bucket: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="s3://bucket/prefix?endpoint=…&region=…. (SPECTRON_BUCKET)"),
    ] = None

    @contextmanager
    def open(self, session: Session, wanted: Wanted) -> Iterator[Bucket]:
        environ = session.terminal.environ
        address = self.bucket or environ.get("SPECTRON_BUCKET")
        if not address:
            raise typer.BadParameter("say which bucket, or set SPECTRON_BUCKET", param_hint="--bucket")
        location = BucketLocation.parse(address)
        client = bucket_client(location, Credentials.by_environment(environ), Patience())
        try:
            yield Bucket(client, location, wanted)
        finally:
            client.close()
