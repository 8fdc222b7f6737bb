"""From the address of an object store to the store."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from server.objects.files import FileObjectStore
from server.objects.location import S3Location, file_location, unknown_location
from server.objects.store import ObjectStore

if TYPE_CHECKING:
    from server.objects.s3 import S3Credentials


def open_store(url: str, *, credentials: "S3Credentials | None" = None) -> ObjectStore:
    """The store at a `file://` or `s3://` address; nothing is read or written yet."""
    match urlsplit(url).scheme:
        case "file":
            return FileObjectStore(file_location(url))
        case "s3":
            from server.objects.s3 import S3ObjectStore  # noqa: PLC0415  # boto3 takes long to load; few need it

            return S3ObjectStore(S3Location.parse(url), credentials=credentials)
        case _:
            raise unknown_location(url)
