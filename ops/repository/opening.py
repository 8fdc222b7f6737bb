"""From the address of a repository to its storage."""

from ops.repository.bucket import BucketStorage
from ops.repository.bucket_client import Credentials
from ops.repository.directory import DirectoryStorage
from ops.repository.location import FolderLocation, Location
from ops.repository.storage import Storage


def open_storage(location: Location, *, credentials: Credentials | None = None) -> Storage:
    """The storage at a location; nothing is read or written yet."""
    if isinstance(location, FolderLocation):
        return DirectoryStorage(location)
    return BucketStorage(location, credentials=credentials)
