"""One drill: restore, look, report; nothing of it stays but the report."""

import random
import time
from pathlib import Path

from ops.drill.history import DRILLS
from ops.drill.probes import Probes
from ops.drill.report import Check, Report
from ops.repository.manifest import Manifest
from ops.repository.sets import Repository
from ops.restore.fresh import Fresh, Restored
from spectron.errors import SpectronError


class Drill:
    """Restores a set as an operator would have to, and tries what was restored."""

    def __init__(self, repository: Repository, manifest: Manifest, fresh: Fresh, chance: random.Random) -> None:
        self._repository = repository
        self._manifest = manifest
        self._fresh = fresh
        self._chance = chance

    def run(self, folder: Path) -> Report:
        """The report, which is also kept in the repository; a set that passes is marked."""
        report = Report(set_id=self._manifest.id, repository=str(self._repository), begun_at=self._repository.now())
        began = time.monotonic()
        checks: list[Check] = [*self._about_the_set()]
        try:
            with self._fresh.built(folder) as restored:
                recovered = time.monotonic() - began
                checks += self._tried(restored)
                report = report.model_copy(
                    update={"seconds_to_recover": round(recovered, 3), "control_plane": restored.with_control}
                )
        except SpectronError as error:
            checks.append(Check(name="restore", passed=False, detail=str(error)))
        report = report.model_copy(update={"checks": tuple(checks)})
        self._keep(report)
        return report

    def _about_the_set(self) -> list[Check]:
        if not self._manifest.failures:
            return []
        lacking = ", ".join(failure.part for failure in self._manifest.failures)
        return [Check(name="set", passed=False, detail=f"it is incomplete: {lacking}")]

    def _tried(self, restored: Restored) -> list[Check]:
        """Rows and digests were compared while loading; an answer that differed would have ended the restore."""
        checks = [
            Check(
                name=f"{name}: rows and digests",
                passed=True,
                detail=f"{loaded.rows} rows in {len(loaded.tables)} tables",
            )
            for name, loaded in restored.loaded.items()
        ]
        for dump in self._manifest.contexts:
            if dump.context in restored.loaded:
                originals = None if restored.originals is None else restored.originals.get(str(dump.context), {})
                checks += Probes(restored.admin, dump, self._chance, originals).checks()
        return checks

    def _keep(self, report: Report) -> None:
        name = f"{DRILLS}{report.begun_at:%Y%m%dT%H%M%SZ}-{report.set_id}"
        self._repository.storage.put(f"{name}.json", report.model_dump_json(indent=1).encode())
        self._repository.storage.put(f"{name}.md", report.markdown().encode())
        if report.passed:
            self._repository.marks.drilled(report.set_id, "passed")
