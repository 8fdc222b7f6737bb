"""One look at each thing that backups depend on."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from ops.backup.pruning import DAILY
from ops.errors import LockedError, OpsError
from ops.repository.location import FolderLocation, Location
from ops.repository.sets import Listing, Repository
from ops.schedule.keeper import Keeper
from ops.schedule.state import JobState
from spectron.errors import SpectronError
from spectron.sync.client import SpectronManagement

State = Literal["well", "doubtful", "ill"]
ROOM_FOR_SETS = 3
# A job that is due for longer than that is one that nobody starts.
LATE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """How one thing is, and what to do about it."""

    what: str
    state: State
    words: str


def attempt(what: str, look: Callable[[], Iterator[Diagnosis]]) -> Iterator[Diagnosis]:
    """What can't even be looked at is ill, and hides nothing else."""
    try:
        yield from look()
    except SpectronError as error:
        yield Diagnosis(what, "ill", str(error))


def server(admin: SpectronManagement) -> Iterator[Diagnosis]:
    """It answers, is ready, and takes the key."""
    ready = admin.ready()
    state: State = "well" if ready.status == "ready" else "ill"
    yield Diagnosis("server", state, f"{admin.url} is {ready.status}")
    contexts = [*admin.contexts.iterate()]
    broken = [one.id for one in contexts if one.state != "active"]
    if broken:
        yield Diagnosis("contexts", "ill", f"{', '.join(broken)} can't be used, so that they can't be saved")
    else:
        yield Diagnosis("contexts", "well", f"{len(contexts)} can be saved")


def repository(opened: Repository, location: Location, now: datetime, max_age: timedelta) -> Iterator[Diagnosis]:
    """It can be written, and holds a good set that is young enough, and one that was proven."""
    listing = opened.listing()
    yield _writable(opened)
    yield _freshness(listing, now, max_age)
    for reason in listing.damaged.values():
        yield Diagnosis("set", "ill", reason)
    for one in listing.sets[:1]:
        if not one.good:
            yield Diagnosis("newest set", "ill", "; ".join([*(f.message for f in one.failures), *one.warnings]))
    yield _drilled(opened, now)
    if isinstance(location, FolderLocation):
        yield _room(location, listing)


def jobs(keeper: Keeper, known: Mapping[str, JobState], now: datetime) -> Iterator[Diagnosis]:
    """Each ended well the last time, and none is overdue."""
    for name, due in keeper.next_runs().items():
        state = known.get(name, JobState())
        if state.failing:
            yield Diagnosis(f"job {name}", "ill", f"the last run failed: {state.message}")
        elif now - due > LATE:
            yield Diagnosis(f"job {name}", "ill", f"it is due since {due.isoformat()}; is `schedule run` at work?")
        elif state.succeeded_at is None:
            yield Diagnosis(f"job {name}", "doubtful", "it has never run")
        else:
            yield Diagnosis(f"job {name}", "well", f"went well at {state.succeeded_at.isoformat()}")


def _writable(opened: Repository) -> Diagnosis:
    try:
        with opened.lock("a doctor's look").held():
            return Diagnosis("repository", "well", f"{opened} can be written")
    except LockedError as error:
        return Diagnosis("repository", "doubtful", str(error))
    except OpsError as error:
        return Diagnosis("repository", "ill", str(error))


def _freshness(listing: Listing, now: datetime, max_age: timedelta) -> Diagnosis:
    newest = next((one for one in listing.sets if one.good and one.complete), None)
    if newest is None:
        return Diagnosis("newest good set", "ill", "there is none; run `spectron-ops backup run --all`")
    age = now - newest.started_at
    words = f"{newest.id} is {age.total_seconds() / 3600:.1f} h old"
    if age < timedelta(0):
        return Diagnosis("newest good set", "ill", f"{newest.id} is of the future; set the clocks by NTP")
    if age > max_age:
        return Diagnosis("newest good set", "ill", f"{words}; run a backup, and look why none ran")
    return Diagnosis("newest good set", "well", words)


def _drilled(opened: Repository, now: datetime) -> Diagnosis:
    drills = [mark.drilled.at for mark in opened.marks.all().values() if mark.drilled is not None]
    if not drills:
        return Diagnosis("drill", "doubtful", "no set was ever proven; run `spectron-ops drill run`")
    age = now - max(drills)
    state: State = "well" if age <= DAILY else "doubtful"
    return Diagnosis("drill", state, f"the last one passed {age.days} days ago")


def _room(location: FolderLocation, listing: Listing) -> Diagnosis:
    free = shutil.disk_usage(location.path).free
    needed = ROOM_FOR_SETS * max((one.size for one in listing.sets), default=0)
    if free < needed:
        return Diagnosis(
            "disk", "ill", f"{free:,} bytes are free, less than {ROOM_FOR_SETS} sets need; prune, or add room"
        )
    return Diagnosis("disk", "well", f"{free:,} bytes are free")
