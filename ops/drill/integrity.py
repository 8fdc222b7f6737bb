"""Whether the records of a Context fit together, and which of them were only being worked on when the set was made."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from ops.backup.inventory import Entry
from ops.drill.report import Finding
from ops.repository.manifest import Dump
from spectron.models.trace import Problem
from spectron.sync.context import ContextHandle

SHOWN = 5
MOST = 10_000
ORIGINALS, MISSING, ORPHANED = "original.", "original.missing", "original.orphaned"
# No dump carries the queue of jobs, so that whatever was queued, begun or half deleted looks like this right after a
# restore; the server finds that work again by itself.
UNDER_WAY = {
    "document.unattended": "documents were being processed when the set was made",
    "document.half_deleted": "documents were being deleted when the set was made",
    "chunk.left_behind": "documents were being tidied up when the set was made",
    ORPHANED: "originals came in after the dump",
    MISSING: "documents were deleted after the dump",
}


class Integrity:
    """Every record, object and index entry fits the others, as far as the server can tell."""

    def __init__(self, dump: Dump, originals: Mapping[str, Entry] | None) -> None:
        """`originals` by their documents, as the set has copied them; None if it has no copies."""
        self._begun_at = dump.header.exported_at
        self._originals = originals

    def check(self, context: ContextHandle) -> Finding:
        found = context.memory.fsck(check="integrity", max_results=MOST)
        under_way: Counter[str] = Counter()
        damage = []
        for problem in found.problems:
            if self._was_under_way(problem):
                under_way[UNDER_WAY[problem.kind]] += 1
            elif self._originals is not None or not problem.kind.startswith(ORIGINALS):
                # Without copies of the originals they are missing here, and only here.
                damage.append(f"{problem.kind}: {problem.id} {problem.detail}")
        if found.count > len(found.problems):
            damage.append(f"{found.count - len(found.problems)} more do not fit, too many to be told apart")
        details = [f"{sum(found.checked.values())} records looked at"]
        details += [f"{count} {words}" for words, count in under_way.items()]
        return Finding(damage[:SHOWN], "; ".join(details))

    def _was_under_way(self, problem: Problem) -> bool:
        """Originals are copied after the dump was written, and documents come and go in between."""
        if problem.kind == MISSING:
            return self._originals is not None and problem.id not in self._originals
        if problem.kind == ORPHANED:
            return self._came_later((self._originals or {}).get(problem.id.rpartition("/")[2]))
        return problem.kind in UNDER_WAY

    def _came_later(self, entry: Entry | None) -> bool:
        if entry is None or entry.uploaded_at is None or self._begun_at is None:
            return False
        return entry.uploaded_at >= datetime.fromisoformat(self._begun_at)
