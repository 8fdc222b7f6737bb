"""What went wrong with S3, in words that say what to do."""

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

from server.core.errors import UnavailableError
from server.objects.location import S3Location

_ABSENT = {"NoSuchKey", "404", "NotFound"}
_PAST_THE_END = {"InvalidRange", "416"}
_NOT_ALLOWED = "the credentials are wrong, expired or lack a permission; check the keys and the bucket's policy"
_REMEDIES = {
    "NoSuchBucket": "the bucket does not exist; create it or correct its name",
    **dict.fromkeys(("AccessDenied", "403", "AllAccessDisabled"), _NOT_ALLOWED),
    **dict.fromkeys(("InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken"), _NOT_ALLOWED),
    **dict.fromkeys(("BadDigest", "InvalidDigest", "XAmzContentSHA256Mismatch"), "the bytes were damaged on the way"),
}


def is_absent(error: BotoCoreError | ClientError) -> bool:
    """Whether there is no such object."""
    return isinstance(error, ClientError) and _code(error) in _ABSENT


def is_past_the_end(error: ClientError) -> bool:
    """Whether a range began after the last byte."""
    return _code(error) in _PAST_THE_END


def unavailable(location: S3Location, what: str, error: BotoCoreError | ClientError) -> UnavailableError:
    """The error to raise in place of boto's own."""
    return UnavailableError(f"The object store {location} could not {what}: {_remedy(error)} ({error}).")


def _remedy(error: BotoCoreError | ClientError) -> str:
    match error:
        case ClientError():
            return _REMEDIES.get(_code(error), "the service refuses to answer now; look at its status if that lasts")
        case NoCredentialsError() | PartialCredentialsError():
            return "no credentials were found; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile"
        case HTTPClientError() | EndpointError():
            return "its endpoint does not answer; check the address, the network and that the service runs"
        case _:
            return "the client gave up; check the address and try again"


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))
