"""What every looked-after part of a bucket's set-up can do."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from ops.repository.location import BucketLocation
from ops.s3.wanted import Change, Wanted

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@dataclass(frozen=True)
class Bucket:
    """A bucket, how to reach it, and how it should be."""

    client: "S3Client"
    location: BucketLocation
    wanted: Wanted

    @property
    def name(self) -> str:
        return self.location.bucket


class Part(Protocol):
    """One part of the set-up: what is to be changed, what is dangerous though it is not ours, and the change itself."""

    name: str

    def changes(self) -> list[Change]: ...

    def dangers(self) -> list[str]: ...

    def apply(self) -> None: ...
