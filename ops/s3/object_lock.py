"""Nobody deletes a version before its time, if that is wanted."""

from typing import Final

from botocore.exceptions import ClientError

from ops.repository.bucket_errors import error_code
from ops.s3.part import Bucket
from ops.s3.refusals import explained
from ops.s3.wanted import Change

NONE = {"ObjectLockConfigurationNotFoundError", "ObjectLockConfigurationNotFound"}
MODE: Final = "GOVERNANCE"


class ObjectLock:
    """A default retention for new objects; a longer one, or the stricter mode, is left as it is."""

    name = "object lock"
    optional = False

    def __init__(self, bucket: Bucket, days: int) -> None:
        self._bucket = bucket
        self._days = days

    def changes(self) -> list[Change]:
        mode, days = self._read()
        if mode == "COMPLIANCE" or days >= self._days:
            return []
        return [Change("default retention", f"{mode} {days} days" if mode else "off", f"{MODE} {self._days} days")]

    def dangers(self) -> list[str]:
        return []

    def apply(self) -> None:
        with explained(self._bucket.location, "be locked against deletion"):
            self._bucket.client.put_object_lock_configuration(
                Bucket=self._bucket.name,
                ObjectLockConfiguration={
                    "ObjectLockEnabled": "Enabled",
                    "Rule": {"DefaultRetention": {"Mode": MODE, "Days": self._days}},
                },
            )

    def _read(self) -> tuple[str | None, int]:
        with explained(self._bucket.location, "say whether it is locked against deletion"):
            try:
                answer = self._bucket.client.get_object_lock_configuration(Bucket=self._bucket.name)
            except ClientError as error:
                if error_code(error) in NONE:
                    return None, 0
                raise
        retention = answer["ObjectLockConfiguration"].get("Rule", {}).get("DefaultRetention", {})
        return retention.get("Mode"), max(retention.get("Days", 0), 365 * retention.get("Years", 0))
