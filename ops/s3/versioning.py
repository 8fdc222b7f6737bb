"""Versions of objects are kept."""

from typing import Final

from ops.s3.part import Bucket
from ops.s3.refusals import explained
from ops.s3.wanted import Change

ENABLED: Final = "Enabled"


class Versioning:
    """Without it a deleted or overwritten original is gone at once."""

    name = "versioning"
    optional = False

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    def changes(self) -> list[Change]:
        with explained(self._bucket.location, "say whether it keeps versions"):
            status = self._bucket.client.get_bucket_versioning(Bucket=self._bucket.name).get("Status", "off")
        return [] if status == ENABLED else [Change("status", status, ENABLED)]

    def dangers(self) -> list[str]:
        return []

    def apply(self) -> None:
        with explained(self._bucket.location, "be told to keep versions"):
            self._bucket.client.put_bucket_versioning(
                Bucket=self._bucket.name, VersioningConfiguration={"Status": ENABLED}
            )
