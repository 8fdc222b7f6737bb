"""The schedule as it is written down in YAML."""

import shlex
from collections.abc import Mapping
from datetime import time, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import Field, ValidationError, field_validator

from ops.pages import BACKUP_FAILED, DRILL_FAILED, OBJECT_STORE_DOWN, Page
from ops.schedule.sections import Address, Duration, Location, MetricsSection, NotifySection, Section
from ops.schedule.timing import DAYS, Every, Timing
from spectron.errors import ArgumentError

# What to do when such a job fails.
RUNBOOKS: Mapping[str, Page] = {"drill": DRILL_FAILED, "s3": OBJECT_STORE_DOWN}
# What proves that the data could be brought back.
KINDS = {("backup", "run"): "backup", ("backup", "verify"): "verify", ("drill", "run"): "drill"}

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class Job(Section):
    """What runs when: `run` is what would follow `spectron-ops` on a command line."""

    run: str = Field(description="What would follow `spectron-ops` on a command line.")
    every: Every = Field("day", description="`hour`, `day` or `week`.")
    at: str = Field("00:00", description="The time of day, UTC; of an hourly job its minutes count.")
    weekday: Weekday = Field("sunday", description="The day of a weekly job.")
    jitter: Duration = Field(timedelta(0), description="By how much it may begin later, always the same for one run.")
    timeout: Duration = Field(timedelta(hours=12), description="After that it is ended, which is a failure.")
    catch_up: bool = Field(default=True, description="Whether what was missed is made up for, once, at the next start.")
    ping: Address | None = Field(None, description="Called after every run that went well.")
    ping_on_failure: Address | None = Field(None, description="Called after every other.")

    @field_validator("run")
    @classmethod
    def _words(cls, value: str) -> str:
        if not shlex.split(value):
            raise ValueError("says nothing to run; write for example `backup run --all`")
        return value

    @field_validator("at")
    @classmethod
    def _time(cls, value: str) -> str:
        time.fromisoformat(value)
        return value

    @property
    def arguments(self) -> list[str]:
        return shlex.split(self.run)

    @property
    def kind(self) -> str | None:
        """Whether it saves, verifies or drills; None for all else."""
        return KINDS.get((*self.arguments[:2],))  # type: ignore[arg-type]

    @property
    def runbook(self) -> Page:
        """The page for whoever is told that it failed."""
        return RUNBOOKS.get(self.arguments[0], BACKUP_FAILED)

    @property
    def timing(self) -> Timing:
        return Timing(self.every, time.fromisoformat(self.at), DAYS.index(self.weekday), self.jitter)


Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]


class Schedule(Section):
    """The whole file."""

    state: Location = Field(description="The file that remembers what ran; locks and logs of the jobs lie beside it.")
    jobs: dict[Name, Job] = Field(min_length=1, description="Every job, by a name of its own.")
    notify: NotifySection = Field(NotifySection(), description="Everybody who is told.")
    metrics: MetricsSection = Field(MetricsSection(), description="Where figures go.")


def load_schedule(path: Path) -> Schedule:
    """The schedule in a file; relative paths in it are meant from its folder."""
    try:
        document: Any = yaml.safe_load(path.read_text("utf-8"))
        return Schedule.model_validate(document, context={"folder": path.absolute().parent})
    except OSError as error:
        raise ArgumentError(f"Can't read the schedule {path}: {error.strerror}.") from error
    except yaml.YAMLError as error:
        raise ArgumentError(f"{path} is no YAML: {error}.") from error
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, one['loc'])) or 'the file'}: {one['msg']}" for one in error.errors())
        raise ArgumentError(f"{path} is no schedule: {problems}.") from error
