"""What every looked-after part of a bucket's set-up can do."""

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Protocol

from ops.repository.location import BucketLocation
from ops.s3.wanted import Change, Wanted

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


# A rule's name has room for 255 characters.
LONGEST_PREFIX = 200


@dataclass(frozen=True)
class Bucket:
    """A bucket, how to reach it, and how it should be."""

    client: "S3Client"
    location: BucketLocation
    wanted: Wanted

    @property
    def name(self) -> str:
        return self.location.bucket

    def rule_name(self, what: str) -> str:
        """What our rule is called: another deployment may keep its originals in the same bucket, below its prefix."""
        prefix = self.location.prefix.rstrip("/")
        if not prefix:
            return what
        return f"{what}-{prefix if len(prefix) <= LONGEST_PREFIX else sha256(prefix.encode()).hexdigest()}"


class Part(Protocol):
    """One part of the set-up: what is to be changed, what is dangerous though it is not ours, and the change itself."""

    name: str
    optional: bool
    """Whether a service that knows no such setting is good enough."""

    def changes(self) -> list[Change]: ...

    def dangers(self) -> list[str]: ...

    def apply(self) -> None: ...
