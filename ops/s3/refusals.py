"""What the bucket's service refused, told with the permission that is missing."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError

from ops.errors import OpsError
from ops.repository.bucket_errors import error_code, remedy
from ops.repository.location import BucketLocation

DENIED = {"AccessDenied", "403", "AllAccessDisabled", "UnauthorizedAccess"}
UNSUPPORTED = {"NotImplemented", "XNotImplemented", "MethodNotAllowed", "UnsupportedOperation", "501"}
# The permission has another name than the operation.
PERMISSIONS = {
    "GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
    "PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
    "GetBucketReplication": "s3:GetReplicationConfiguration",
    "PutBucketReplication": "s3:PutReplicationConfiguration",
    "GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "GetObjectLockConfiguration": "s3:GetBucketObjectLockConfiguration",
    "PutObjectLockConfiguration": "s3:PutBucketObjectLockConfiguration",
    "ListObjectVersions": "s3:ListBucketVersions",
    "HeadBucket": "s3:ListBucket",
    "DeleteObject": "s3:DeleteObjectVersion",
    "DeleteObjects": "s3:DeleteObjectVersion",
}
WITH_ROLE = {"s3:PutReplicationConfiguration"}
ON_OBJECTS = {"s3:DeleteObjectVersion"}


class UnsupportedError(OpsError):
    """The service knows no such setting."""


@contextmanager
def explained(location: BucketLocation, what: str) -> Iterator[None]:
    """An error of boto becomes one that says what was being done and what helps."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise _explained(location, what, error) from error


def _explained(location: BucketLocation, what: str, error: BotoCoreError | ClientError) -> OpsError:
    code = error_code(error)
    if code in UNSUPPORTED:
        return UnsupportedError(f"{location} could not {what}: its service knows no such setting ({code}).")
    if isinstance(error, ClientError) and code in DENIED:
        permission = PERMISSIONS.get(error.operation_name, f"s3:{error.operation_name}")
        resource = f"arn:aws:s3:::{location.bucket}" + ("/*" if permission in ON_OBJECTS else "")
        statement = json.dumps({"Effect": "Allow", "Action": permission, "Resource": resource})
        if permission in WITH_ROLE:
            statement += ", and iam:PassRole on the role"
        return OpsError(
            f"{location} could not {what}: these credentials lack {permission}, or a policy denies it. Add this to "
            f"their policy: {statement}"
        )
    return OpsError(f"{location} could not {what}: {remedy(error)} ({error}).")
