"""Backups of a trial: a first set, made while one looks already, and a schedule that says what comes next."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

SCHEDULE = """state: schedule-state.json
jobs:
  daily-backup: {run: backup run --all --with-objects, at: "02:30"}
  prune: {run: backup prune --apply, at: "05:00"}
  weekly-drill: {run: drill run latest, every: week, at: "04:00"}
"""
ENDING_SECONDS = 10.0


class Keeping:
    """Makes the set when the block is entered, unless there is one; what is not done at its end is given up."""

    def __init__(self, folder: Path, url: str, key: str) -> None:
        self.repository = folder / "backups"
        self.schedule = folder / "schedule.yaml"
        self._url = url
        self._key = key
        self._log = folder / "backup.log"
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def environ(self) -> Mapping[str, str]:
        """What the programs beside the dashboard have to know."""
        return {"SPECTRON_BACKUP_REPOSITORY": str(self.repository), "SPECTRON_SCHEDULE": str(self.schedule)}

    def __enter__(self) -> Self:
        if not self.schedule.exists():
            self.schedule.write_text(SCHEDULE, "utf-8")
        if not self.repository.exists():
            self.repository.mkdir()
            self._begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._child is None or self._child.poll() is not None:
            return
        self._child.terminate()
        try:
            self._child.wait(ENDING_SECONDS)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()

    def _begin(self) -> None:
        with self._log.open("wb") as log:
            self._child = subprocess.Popen(  # noqa: S603 (the program that was installed beside this one)
                [str(Path(sys.executable).with_name("spectron-ops")), "backup", "run", "--all", "--with-objects"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **self.environ, "SPECTRON_URL": self._url, "SPECTRON_API_KEY": self._key},
                start_new_session=True,
            )
