"""What went wrong with a bucket, in words that say what to do."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
)
from botocore.exceptions import (
    ConnectionError as EndpointError,
)

from ops.errors import NotThereError, RepositoryError
from ops.repository.location import BucketLocation

ABSENT = {"NoSuchKey", "404", "NotFound"}
CHANGED = {"PreconditionFailed", "412", "ConditionalRequestConflict", "409"}
NOT_ALLOWED = "the credentials are wrong, expired or lack a permission; check the keys and the bucket's policy"
REMEDIES = {
    "NoSuchBucket": "the bucket does not exist; create it or correct its name",
    **dict.fromkeys(("AccessDenied", "403", "AllAccessDisabled"), NOT_ALLOWED),
    **dict.fromkeys(("InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken"), NOT_ALLOWED),
    "RequestTimeTooSkewed": "this machine's clock is wrong; set it by NTP",
    **dict.fromkeys(("BadDigest", "InvalidDigest", "XAmzContentSHA256Mismatch"), "the bytes were damaged on the way"),
    "InvalidBucketState": "the bucket must keep versions first, and some services lock objects only in buckets that "
    "were made for it; make it anew with Object Lock, or ask its provider",
    **dict.fromkeys(("QuotaExceeded", "InsufficientStorage"), "its quota is full; free space or raise the quota"),
}


@contextmanager
def reported(location: BucketLocation, what: str) -> Iterator[None]:
    """An error of boto becomes one that says what was being done, where, and what helps."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        message = f"The backup repository {location} could not {what}: {remedy(error)} ({error})."
        kind = NotThereError if error_code(error) in ABSENT else RepositoryError
        raise kind(message) from error


def error_code(error: BotoCoreError | ClientError) -> str:
    """The service's own word for it; empty where the service was not reached."""
    return str(error.response.get("Error", {}).get("Code", "")) if isinstance(error, ClientError) else ""


def remedy(error: BotoCoreError | ClientError) -> str:
    """What to do about it."""
    match error:
        case ClientError():
            return REMEDIES.get(
                error_code(error), "the service refuses to answer now; look at its status if that lasts"
            )
        case NoCredentialsError() | PartialCredentialsError():
            return "no credentials were found; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile"
        case HTTPClientError() | EndpointError():
            return "its endpoint does not answer; check the address, the network and that the service runs"
        case _:
            return "the client gave up; check the address and try again"
