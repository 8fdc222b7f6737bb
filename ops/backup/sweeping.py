"""What pruning has to know of a repository, and the copies of documents that nobody refers to any more."""

from ops.backup.inventory import entries
from ops.backup.pruning import Candidate
from ops.repository.manifest import Manifest
from ops.repository.marks import NO_MARKS, Marked
from ops.repository.names import OBJECTS
from ops.repository.sets import Repository


def candidates(repository: Repository) -> list[Candidate]:
    """Every set, as the decision needs it."""
    marks = repository.marks.all()
    return [_candidate(manifest, marks.get(manifest.id, NO_MARKS)) for manifest in repository.listing().sets]


def delete_unused_copies(repository: Repository) -> int:
    """Delete the copies that no set lists; none if one set can't say what it lists. Only under the lock."""
    listing = repository.listing()
    if listing.damaged:
        return 0
    used = {
        entry.stored.name
        for manifest in listing.sets
        if manifest.objects is not None and manifest.objects.copied
        for entry in entries(repository, manifest.objects)
        if entry.stored is not None
    }
    unused = [stored.name for stored in repository.storage.list(OBJECTS) if stored.name not in used]
    for name in unused:
        repository.storage.delete(name)
    return len(unused)


def _candidate(manifest: Manifest, marked: Marked) -> Candidate:
    return Candidate(
        id=manifest.id,
        started_at=manifest.started_at,
        good=manifest.good,
        complete=manifest.complete,
        holds=frozenset(dump.name for dump in manifest.dumps if not dump.warnings),
        lacks=frozenset(
            {failure.part for failure in manifest.failures} | {dump.name for dump in manifest.dumps if dump.warnings}
        ),
        held=marked.held.reason if marked.held else None,
        read=marked.read.reason if marked.read else None,
        drilled_at=marked.drilled.at if marked.drilled else None,
    )
