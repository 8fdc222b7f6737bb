"""The schedule as it is written down in YAML."""

import os
import shlex
from collections.abc import Mapping
from datetime import time, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

import httpx
import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from ops.schedule.timing import DAYS, Every, Timing, duration
from spectron.errors import ArgumentError

# What to do when such a job fails.
RUNBOOKS = {"drill": "drill-failed", "s3": "object-store-down"}
BACKUP_FAILED = "backup-failed"
# What proves that the data could be brought back.
KINDS = {("backup", "run"): "backup", ("backup", "verify"): "verify", ("drill", "run"): "drill"}

Duration = Annotated[timedelta, BeforeValidator(lambda value: duration(value) if isinstance(value, str) else value)]


def _address(value: str) -> str:
    try:
        address = httpx.URL(value)
    except httpx.InvalidURL as error:
        raise ValueError(f"is no URL: {error}") from error
    if address.scheme not in {"http", "https"} or not address.host:
        raise ValueError("is no URL that can be called; write for example https://chat.example/hook")
    return value


Address = Annotated[str, AfterValidator(_address)]


class Section(BaseModel):
    """A part of the file; a name that means nothing is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Job(Section):
    """What runs when: `run` is what would follow `spectron-ops` on a command line."""

    run: str
    every: Every = "day"
    at: str = "00:00"
    weekday: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] = "sunday"
    jitter: Duration = timedelta(0)
    timeout: Duration = timedelta(hours=12)
    catch_up: bool = True
    ping: Address | None = None
    ping_on_failure: Address | None = None

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
    def runbook(self) -> str:
        """The page for whoever is told that it failed."""
        return RUNBOOKS.get(self.arguments[0], BACKUP_FAILED)

    @property
    def timing(self) -> Timing:
        return Timing(self.every, time.fromisoformat(self.at), DAYS.index(self.weekday), self.jitter)


class Secret(Section):
    """A secret that stands elsewhere: in a file or in the environment."""

    file: Path | None = None
    env: str | None = None

    @model_validator(mode="after")
    def _one(self) -> "Secret":
        if bool(self.file) == bool(self.env):
            raise ValueError("write either `file: PATH` or `env: NAME`")
        return self

    def read(self, environ: Mapping[str, str]) -> str:
        if self.env:
            value = environ.get(self.env, "")
        else:
            try:
                value = Path(str(self.file)).read_text("utf-8")
            except OSError as error:
                raise ArgumentError(f"Can't read the secret in {self.file}: {error.strerror}.") from error
        if not value.strip():
            raise ArgumentError(f"There is no secret in {self.env or self.file}.")
        return value.strip()


class WebHookSection(Section):
    """A URL that is told what has failed or works again."""

    url: Address
    secret: Secret | None = None


class MailSection(Section):
    """Who is written to, by which server."""

    host: str
    port: int = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str | None = None
    password: Secret | None = None
    sender: str
    to: list[str] = Field(min_length=1)


class NotifySection(Section):
    """Everybody who is told."""

    webhooks: list[WebHookSection] = []
    mail: MailSection | None = None
    timeout: Duration = timedelta(seconds=30)


class MetricsSection(Section):
    """Where figures are left for Prometheus."""

    textfile: Path | None = None
    listen: str | None = None


class Schedule(Section):
    """The whole file."""

    state: Path
    jobs: dict[Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")], Job] = Field(min_length=1)
    notify: NotifySection = NotifySection()
    metrics: MetricsSection = MetricsSection()
    max_age: Duration = timedelta(hours=26)


def load_schedule(path: Path) -> Schedule:
    """The schedule in a file; relative paths in it are meant from its folder."""
    try:
        document: Any = yaml.safe_load(path.read_text("utf-8"))
        schedule = Schedule.model_validate(document)
    except OSError as error:
        raise ArgumentError(f"Can't read the schedule {path}: {error.strerror}.") from error
    except yaml.YAMLError as error:
        raise ArgumentError(f"{path} is no YAML: {error}.") from error
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, one['loc'])) or 'the file'}: {one['msg']}" for one in error.errors())
        raise ArgumentError(f"{path} is no schedule: {problems}.") from error
    state = Path(os.path.normpath(path.absolute().parent / schedule.state))
    return schedule.model_copy(update={"state": state})
