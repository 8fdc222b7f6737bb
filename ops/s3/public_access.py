"""Nobody outside reads."""

from botocore.exceptions import ClientError

from ops.repository.bucket_errors import error_code
from ops.s3.part import Bucket
from ops.s3.refusals import explained
from ops.s3.wanted import Change

NONE = "NoSuchPublicAccessBlockConfiguration"
SETTINGS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


class PublicAccess:
    """All four ways to make an object public are closed."""

    name = "public access block"
    optional = True

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    def changes(self) -> list[Change]:
        there = self._read()
        return [Change(name, there.get(name, False), wanted=True) for name in SETTINGS if not there.get(name)]

    def dangers(self) -> list[str]:
        return []

    def apply(self) -> None:
        with explained(self._bucket.location, "be closed to the public"):
            self._bucket.client.put_public_access_block(
                Bucket=self._bucket.name,
                PublicAccessBlockConfiguration={
                    "BlockPublicAcls": True,
                    "IgnorePublicAcls": True,
                    "BlockPublicPolicy": True,
                    "RestrictPublicBuckets": True,
                },
            )

    def _read(self) -> dict[str, object]:
        with explained(self._bucket.location, "say whether it is closed to the public"):
            try:
                answer = self._bucket.client.get_public_access_block(Bucket=self._bucket.name)
            except ClientError as error:
                if error_code(error) == NONE:
                    return {}
                raise
        return dict(answer["PublicAccessBlockConfiguration"])
