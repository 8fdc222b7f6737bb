"""The repository: whether it can be written, and what it holds."""

import shutil
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from ops.backup.pruning import DAILY
from ops.doctor.diagnosis import Diagnosis
from ops.errors import LockedError, OpsError
from ops.pages import BACKUP_FAILED, DISK_FULL, DRILL_FAILED
from ops.repository.encryption import Identities
from ops.repository.location import FolderLocation, Location
from ops.repository.manifest import Manifest
from ops.repository.sets import Listing, Repository

ROOM_FOR_SETS = 3
NEWEST = "newest good set"


def repository(
    opened: Repository, location: Location, identities: Identities, now: datetime, max_age: timedelta
) -> Iterator[Diagnosis]:
    """It can be written, and holds a good set that is young enough, and one that was proven."""
    listing = opened.listing()
    yield _writable(opened)
    yield _freshness(listing, now, max_age)
    for reason in listing.damaged.values():
        yield Diagnosis("set", "ill", reason, BACKUP_FAILED)
    for one in listing.sets[:1]:
        if not one.good:
            words = "; ".join([*(f.message for f in one.failures), *one.warnings])
            yield Diagnosis("newest set", "ill", words, BACKUP_FAILED)
    if listing.unfinished:
        words = f"{', '.join(listing.unfinished)} is being made, or was left half-written; the next backup clears it"
        yield Diagnosis("unfinished", "doubtful", words)
    yield _proven(opened, now)
    if listing.newest_good is not None and listing.newest_good.encrypted:
        yield _readable(opened, listing.newest_good, identities)
    if isinstance(location, FolderLocation):
        yield _room("disk", location.path, max((one.size for one in listing.sets), default=0))
    plain = max((dump.file.plain_size for one in listing.sets[:1] for dump in one.dumps), default=0)
    yield _room("temporary folder", Path(tempfile.gettempdir()), plain)


def _writable(opened: Repository) -> Diagnosis:
    try:
        with opened.lock("a doctor's look").held() as lock:
            if lock.inherited:
                return Diagnosis("lock", "doubtful", f"{lock.inherited} died and left its lock, which is lifted now")
            return Diagnosis("repository", "well", f"{opened} can be written")
    except LockedError as error:
        return Diagnosis("repository", "doubtful", str(error))
    except OpsError as error:
        return Diagnosis("repository", "ill", str(error), BACKUP_FAILED)


def _freshness(listing: Listing, now: datetime, max_age: timedelta) -> Diagnosis:
    newest = next((one for one in listing.sets if one.good and one.complete), None)
    if newest is None:
        return Diagnosis(NEWEST, "ill", "there is none; run `spectron-ops backup run --all`", BACKUP_FAILED)
    age = now - newest.started_at
    words = f"{newest.id} is {age.total_seconds() / 3600:.1f} h old"
    if age < timedelta(0):
        return Diagnosis(NEWEST, "ill", f"{newest.id} is of the future; set the clocks by NTP", BACKUP_FAILED)
    if age > max_age:
        return Diagnosis(NEWEST, "ill", f"{words}; run a backup, and look why none ran", BACKUP_FAILED)
    return Diagnosis(NEWEST, "well", words)


def _proven(opened: Repository, now: datetime) -> Diagnosis:
    drills = [mark.drilled.at for mark in opened.marks.all().values() if mark.drilled is not None]
    if not drills:
        return Diagnosis("drill", "doubtful", "no set was ever proven; run `spectron-ops drill run`", DRILL_FAILED)
    age = now - max(drills)
    words = f"the last one passed {age.days} days ago"
    if age > DAILY:
        return Diagnosis("drill", "doubtful", f"{words}; run `spectron-ops drill run`", DRILL_FAILED)
    return Diagnosis("drill", "well", words)


def _readable(opened: Repository, manifest: Manifest, identities: Identities) -> Diagnosis:
    """Whether the key at hand reads it; a key that does not is learnt of before it is needed."""
    if not identities:
        words = f"{manifest.id} is encrypted, and no key was tried on it; give its file with --identity"
        return Diagnosis("age key", "doubtful", words)
    smallest = min(manifest.dumps, key=lambda dump: dump.file.size).file
    try:
        opened.read(smallest, encrypted=True, identities=identities, sink=lambda _: None)
    except OpsError as error:
        return Diagnosis("age key", "ill", str(error), BACKUP_FAILED)
    return Diagnosis("age key", "well", f"it reads {manifest.id}")


def _room(what: str, folder: Path, size: int) -> Diagnosis:
    free, needed = shutil.disk_usage(folder).free, ROOM_FOR_SETS * size
    if free < needed:
        words = f"{free:,} bytes are free in {folder}, and {needed:,} are needed; prune, or add room"
        return Diagnosis(what, "ill", words, DISK_FULL)
    return Diagnosis(what, "well", f"{free:,} bytes are free in {folder}")
