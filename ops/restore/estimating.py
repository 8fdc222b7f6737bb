"""How long a restore should take, by how long the last ones took."""

from dataclasses import dataclass

from ops.drill.history import history
from ops.repository.manifest import Manifest
from ops.repository.sets import Repository

# Loading a dump of 35 MB took 2.2 times as long as writing it (`benchmarks/backup.py`); the rest is caution.
LOADING_TO_WRITING = 3.0


@dataclass(frozen=True, slots=True)
class Estimate:
    """So many seconds, going by something that took its time."""

    seconds: float
    going_by: str


def expected(repository: Repository, manifest: Manifest, size: int) -> Estimate | None:
    """For so many bytes of the set's dumps, going by the newest drill, else by the backup; None if neither is known."""
    for report in history(repository):
        drilled = repository.listing().named(report.set_id)
        if report.passed and report.seconds_to_recover and drilled is not None:
            rate = bytes_of(drilled) / report.seconds_to_recover
            return Estimate(round(size / rate, 1), f"the drill of {report.set_id}") if rate else None
    took = (manifest.finished_at - manifest.started_at).total_seconds()
    whole = bytes_of(manifest)
    if not took or not whole:
        return None
    return Estimate(round(took * LOADING_TO_WRITING * size / whole, 1), "how long the backup took")


def bytes_of(manifest: Manifest) -> int:
    """What the dumps of a set hold, unpacked."""
    return sum(dump.file.plain_size for dump in manifest.dumps)
