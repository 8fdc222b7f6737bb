"""A deployment of several processes on one SurrealDB server."""

import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from spectron import SpectronManagement
from tests.support.app import MASTER_KEY
from tests.support.database_server import PASSWORD, USERNAME, DatabaseServer
from tests.support.deployment import BIN
from tests.support.processes import Process

PATIENCE = 60


class Cluster:
    """The API on a database server of its own; workers and schedulers join as they are started."""

    def __init__(self, folder: Path, database: DatabaseServer | None = None, **settings: str) -> None:
        """`settings` are in the environment of all its processes."""
        self._folder = folder
        self.database = database or DatabaseServer(folder)
        self.environment = {
            "SPECTRON_DATABASE_URL": self.database.url,
            "SPECTRON_DATABASE_USERNAME": USERNAME,
            "SPECTRON_DATABASE_PASSWORD": PASSWORD,
            "SPECTRON_MASTER_KEY": MASTER_KEY,
            "SPECTRON_DATA_DIR": str(folder / "data"),
            "SPECTRON_BIND": "127.0.0.1:0",
        } | settings
        self._parts: list[Process] = []
        try:
            self.api = self.start("api")
            self.url = self.api.wait_for(r"listens on (http://\S+)").group(1)
            self.key = bootstrap(self.environment)
        except BaseException:
            self.kill()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    @property
    def admin(self) -> SpectronManagement:
        return SpectronManagement(self.url, self.key)

    def kill(self) -> None:
        """End whatever is left of it."""
        for part in self._parts:
            part.kill()
        self.database.kill()

    def client(self) -> httpx.Client:
        """What calls the API with the management key."""
        return httpx.Client(base_url=f"{self.url}/api/v1", headers={"API-KEY": self.key}, timeout=PATIENCE)

    def start(self, role: str, **settings: str) -> Process:
        """One more process: `api`, `worker` or `scheduler`."""
        log = self._folder / f"{role}-{len(self._parts)}.log"
        part = Process([str(BIN / "spectrond"), role, "start"], log, environment=self.environment | settings)
        self._parts.append(part)
        return part


def bootstrap(environment: Mapping[str, str]) -> str:
    """The first management key of a deployment."""
    done = subprocess.run(
        [str(BIN / "spectrond"), "bootstrap"],
        env=dict(environment),
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE,
    )
    return done.stdout.strip()
