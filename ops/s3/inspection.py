"""What is right and what is not, part by part."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Literal

from ops.errors import OpsError
from ops.s3.lifecycle import Lifecycle
from ops.s3.object_lock import ObjectLock
from ops.s3.part import Bucket, Part
from ops.s3.public_access import PublicAccess
from ops.s3.refusals import UnsupportedError
from ops.s3.replication import Replication
from ops.s3.versioning import Versioning
from ops.s3.wanted import Change

State = Literal["right", "differs", "unsupported", "unknown"]


@dataclass(frozen=True)
class Finding:
    """One part of the set-up."""

    part: str
    state: State
    changes: list[Change] = field(default_factory=list)
    dangers: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    error: str | None = None
    optional: bool = field(default=True, kw_only=True)

    @property
    def is_fine(self) -> bool:
        """Of what is optional, a service that knows no such setting can't do better."""
        return (self.state == "right" or (self.state == "unsupported" and self.optional)) and not self.dangers


def parts_of(bucket: Bucket) -> Iterator[Part]:
    """Those that are wanted, in the order in which they have to be applied."""
    wanted = bucket.wanted
    yield Versioning(bucket)
    yield Lifecycle(bucket)
    yield PublicAccess(bucket)
    if wanted.object_lock_days is not None:
        yield ObjectLock(bucket, wanted.object_lock_days)
    if wanted.replicate_to and wanted.replication_role:
        yield Replication(bucket, wanted.replicate_to, wanted.replication_role)


def inspect(part: Part) -> Finding:
    """A part that can't be looked at hides no other."""
    finding = partial(Finding, part.name, optional=part.optional)
    try:
        changes, dangers = part.changes(), part.dangers()
    except UnsupportedError as error:
        return finding("unsupported", error=str(error))
    except OpsError as error:
        return finding("unknown", error=str(error))
    notes = part.notes() if isinstance(part, Replication) and changes else []
    return finding("differs" if changes else "right", changes, dangers, notes)


def applied(part: Part) -> Finding:
    """Change what differs, and look again: not every service does what it says."""
    before = inspect(part)
    if before.state != "differs":
        return before
    try:
        part.apply()
    except UnsupportedError as error:
        return replace(before, state="unsupported", notes=[], error=str(error))
    except OpsError as error:
        return replace(before, state="unknown", notes=[], error=str(error))
    after = inspect(part)
    if after.changes:
        return replace(after, notes=before.notes, error="The service answered that it is done, and did not do it.")
    return replace(after, changes=before.changes, notes=before.notes)
