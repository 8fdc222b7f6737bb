"""From the address of an object store to the store."""

from urllib.parse import urlsplit

from server.objects.files import FileObjectStore
from server.objects.location import S3Location, file_location, unknown_location
from server.objects.s3 import S3Credentials, S3ObjectStore
from server.objects.store import ObjectStore


def open_store(url: str, *, credentials: S3Credentials | None = None) -> ObjectStore:
    """The store at a `file://` or `s3://` address; nothing is read or written yet."""
    match urlsplit(url).scheme:
        case "file":
            return FileObjectStore(file_location(url))
        case "s3":
            return S3ObjectStore(S3Location.parse(url), credentials=credentials)
        case _:
            raise unknown_location(url)
