"""What is called how in a repository."""

from datetime import UTC, datetime
from urllib.parse import quote

from ops.repository.encryption import Recipients
from ops.repository.sealing import suffix

SETS = "sets/"
OBJECTS = "objects/"
MARKS = "marks/"
LOCK = "lock.json"
MANIFEST = "manifest.json"


def set_id(now: datetime, token: str) -> str:
    """An id that sorts by time."""
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{token}"


def manifest_of(set_id: str) -> str:
    return f"{SETS}{set_id}/{MANIFEST}"


def context_dump(set_id: str, context: str, recipients: Recipients) -> str:
    return f"{SETS}{set_id}/contexts/{quote(context, safe='')}.surql{suffix(recipients)}"


def control_dump(set_id: str, recipients: Recipients) -> str:
    return f"{SETS}{set_id}/control.surql{suffix(recipients)}"


def inventory(set_id: str) -> str:
    return f"{SETS}{set_id}/objects.jsonl.zst"


def stored_object(content_hash: str, set_id: str, recipients: Recipients) -> str:
    """The copy that the run for that set made; a later copy of the same bytes is another file."""
    return f"{OBJECTS}{content_hash[:2]}/{content_hash}.{set_id}{suffix(recipients)}"


def owner_of(name: str) -> str:
    """The id of the set that a file below `sets/` or `marks/` belongs to."""
    return name.split("/")[1]
