"""What is remembered of each job, whatever happens to the process."""

import json
import os
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from ops.dump import Frozen
from ops.errors import OpsError


class JobState(Frozen):
    """The last runs of a job; `done` is the due time of the last one that was ended, whatever became of it."""

    since: datetime | None = None
    done: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    succeeded_at: datetime | None = None
    exit_code: int | None = None
    message: str = ""
    undelivered: tuple[str, ...] = ()

    @property
    def failing(self) -> bool:
        return bool(self.exit_code)


class StateFile:
    """One file for all jobs, replaced as a whole and synced, so that there is always the old one or the new one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._guard = threading.Lock()

    @property
    def folder(self) -> Path:
        return self._path.parent

    def load(self) -> dict[str, JobState]:
        try:
            document = json.loads(self._path.read_text("utf-8"))
            return {name: JobState.model_validate(values) for name, values in document["jobs"].items()}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError, AttributeError, TypeError, ValidationError) as error:
            raise OpsError(
                f"The state of the schedule in {self._path} can't be read: {error}. Repair it, or delete it: then what "
                "was missed is not caught up."
            ) from error

    def update(self, job: str, change: Callable[[JobState], JobState]) -> JobState:
        """Change what is known of one job."""
        with self._guard:
            jobs = self.load()
            jobs[job] = change(jobs.get(job, JobState()))
            self._save(jobs)
            return jobs[job]

    def _save(self, jobs: dict[str, JobState]) -> None:
        document = {"jobs": {name: state.model_dump(mode="json") for name, state in jobs.items()}}
        temporary = self._path.with_suffix(f".{os.getpid()}.new")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with temporary.open("w", encoding="utf-8") as file:
                json.dump(document, file, indent=1)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self._path)
        except OSError as error:
            raise OpsError(
                f"Can't save the state of the schedule in {self._path}: {error.strerror}. Make room, or give the "
                "folder to this user."
            ) from error
