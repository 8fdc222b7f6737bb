"""A real deployment with a repository, a schedule that runs one job in it, and everybody who is told."""

import json
import os
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import yaml

from ops.repository.directory import DirectoryStorage
from ops.repository.location import BucketLocation, FolderLocation
from ops.repository.sets import Repository
from spectron import SpectronManagement
from tests.ops.conftest import CREDENTIALS
from tests.support.deployment import Deployment
from tests.support.gateway import Gateway
from tests.support.http_server import body_of, listening, reply
from tests.support.processes import Process

OPS = str(Path(sys.executable).parent / "spectron-ops")
JOB = "nightly"


@dataclass
class Receiver:
    """A web hook and a ping, and how they answer."""

    url: str = ""
    answers: dict[str, int] = field(default_factory=dict)
    slow: threading.Event | None = None
    events: list[dict[str, Any]] = field(default_factory=list)
    pings: int = 0

    def take(self, request: BaseHTTPRequestHandler) -> None:
        body = body_of(request)
        if self.slow is not None:
            self.slow.wait(60)
        if request.command == "GET":
            self.pings += 1
        elif request.path not in self.answers:
            self.events.append(json.loads(body))
        reply(request, self.answers.get(request.path, 200))


@dataclass
class World:
    """What a case changes before its job runs."""

    folder: Path
    deployment: Deployment
    admin: SpectronManagement
    gateway: Gateway
    receiver: Receiver
    bucket: BucketLocation
    base: Path
    """A repository with one good set of every Context."""
    repository: str = ""
    set_id: str = ""
    environ: dict[str, str] = field(default_factory=dict)
    wrapper: tuple[str, ...] = ()
    job: dict[str, object] = field(default_factory=dict)
    schedule: dict[str, Any] = field(default_factory=dict)
    process: Process | None = None

    def __post_init__(self) -> None:
        self.repository = str(self.folder / "backups")
        self.schedule = {
            "state": "state/state.json",
            "notify": {"webhooks": [{"url": f"{self.receiver.url}/hook"}]},
            "metrics": {"textfile": str(self.folder / "spectron.prom")},
        }

    @property
    def config(self) -> Path:
        return self.folder / "schedule.yaml"

    @property
    def state(self) -> Path:
        return self.folder / "state/state.json"

    @property
    def sets(self) -> Repository:
        """The repository, where it is a folder."""
        return Repository(DirectoryStorage(FolderLocation(Path(self.repository))), lambda: datetime.now(UTC))

    def copy_sets(self) -> Repository:
        """A copy of the good set, to be damaged."""
        shutil.copytree(self.base, self.repository)
        self.set_id = self.sets.get("latest").id
        return self.sets

    def ops(self, *arguments: str, wrapper: tuple[str, ...] = ()) -> Process:
        """`spectron-ops`, as an operator would start it."""
        environment = {
            "HOME": str(self.folder),
            "SPECTRON_URL": self.gateway.url,
            "SPECTRON_API_KEY": self.deployment.key,
            "SPECTRON_BACKUP_REPOSITORY": self.repository,
            "AWS_ACCESS_KEY_ID": CREDENTIALS.access_key,
            "AWS_SECRET_ACCESS_KEY": CREDENTIALS.secret_key,
            "TMPDIR": str(self.folder),
            "COLUMNS": "200",
            **self.environ,
        }
        self.process = Process([*wrapper, OPS, *arguments], self.folder / "log", environment=environment)
        return self.process

    def done(self, *arguments: str) -> str:
        """The output of a command that has to go well."""
        with self.ops(*arguments) as process:
            assert process.wait(120) == 0, process.output
            return process.output

    def write_schedule(self, command: str) -> None:
        job = {"run": command.replace("SET", self.set_id), **self.job}
        self.config.write_text(yaml.safe_dump({**self.schedule, "jobs": {JOB: job}}))

    def once(self) -> tuple[int, str]:
        """Run the job as the schedule would, and tell of it."""
        with self.ops("schedule", "once", JOB, "--config", str(self.config), wrapper=self.wrapper) as process:
            return process.wait(240), process.output + self.said()

    def said(self) -> str:
        """What the job itself wrote into its log."""
        log = self.state.parent / f"{JOB}.log"
        return log.read_text() if log.is_file() else ""

    def figures(self) -> str:
        file = self.folder / "spectron.prom"
        return file.read_text() if file.is_file() else ""


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()
    with listening(receiver.take) as receiver.url:
        yield receiver


def descendants(pid: int) -> Iterator[int]:
    """The processes that a process started, and those that these did."""
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            yield child
            yield from descendants(child)


def kill(pid: int, wanted: Callable[[str], bool]) -> bool:
    """Kill the first descendant whose command line is the wanted one."""
    for child in descendants(pid):
        if wanted(Path(f"/proc/{child}/cmdline").read_text().replace("\0", " ")):
            os.kill(child, 9)
            return True
    return False
