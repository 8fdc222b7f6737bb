"""A deployment of several processes: a SurrealDB server, and the API and workers apart."""

import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

from spectron import SpectronManagement
from tests.support.app import MASTER_KEY
from tests.support.database_server import PASSWORD, USERNAME, DatabaseServer
from tests.support.deployment import BIN
from tests.support.processes import Process


class Cluster:
    """The API on a database server; workers and schedulers join as they are started."""

    def __init__(self, folder: Path, settings: dict[str, str] | None = None) -> None:
        self._folder = folder
        store = folder / "database"
        store.mkdir(parents=True)
        self.database = DatabaseServer(store)
        self.environment = {
            "SPECTRON_DATABASE_URL": self.database.url,
            "SPECTRON_DATABASE_USERNAME": USERNAME,
            "SPECTRON_DATABASE_PASSWORD": PASSWORD,
            "SPECTRON_MASTER_KEY": MASTER_KEY,
            "SPECTRON_DATA_DIR": str(folder / "data"),
            "SPECTRON_BIND": "127.0.0.1:0",
            **(settings or {}),
        }
        self._parts: list[Process] = []
        self.url = self.start("api").wait_for(r"listens on (http://\S+)").group(1)
        self.environment["SPECTRON_BIND"] = self.url.removeprefix("http://")
        self.key = self._bootstrap()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for part in self._parts:
            part.kill()
        self.database.kill()

    @property
    def admin(self) -> SpectronManagement:
        return SpectronManagement(self.url, self.key)

    @property
    def variables(self) -> dict[str, str]:
        """What the one who is on call has in the environment."""
        return {"SPECTRON_URL": self.url, "SPECTRON_API_KEY": self.key} | self.environment

    def start(self, role: str) -> Process:
        """One more process: `api`, `worker` or `scheduler`."""
        log = self._folder / f"{role}-{len(self._parts)}.log"
        part = Process([str(BIN / "spectrond"), role, "start"], log, environment=self.environment)
        self._parts.append(part)
        return part

    def _bootstrap(self) -> str:
        done = subprocess.run(
            [str(BIN / "spectrond"), "bootstrap"],
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        return done.stdout.strip()
