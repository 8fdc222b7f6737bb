"""A deployment of several processes: a SurrealDB server, a bucket, and the API and workers apart."""

import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from spectron import SpectronManagement
from tests.objects.conftest import CREDENTIALS
from tests.runbooks.relay import Relay
from tests.support.app import MASTER_KEY
from tests.support.database_server import PASSWORD, USERNAME, DatabaseServer
from tests.support.deployment import BIN
from tests.support.processes import Process


class Cluster:
    """The API on a database server and a bucket, with lines between them; workers join as they are started."""

    def __init__(self, folder: Path, s3_port: int, bucket: str) -> None:
        self._folder = folder
        store = folder / "database"
        store.mkdir(parents=True)
        self.database = DatabaseServer(store)
        self.to_database, self.to_bucket = Relay(urlsplit(self.database.url).port or 0), Relay(s3_port)
        self.environment = {
            "SPECTRON_DATABASE_URL": f"ws://127.0.0.1:{self.to_database.port}",
            "SPECTRON_DATABASE_USERNAME": USERNAME,
            "SPECTRON_DATABASE_PASSWORD": PASSWORD,
            "SPECTRON_MASTER_KEY": MASTER_KEY,
            "SPECTRON_DATA_DIR": str(folder / "data"),
            "SPECTRON_OBJECT_STORE": f"s3://{bucket}/originals?endpoint=http://127.0.0.1:{self.to_bucket.port}&region=us-east-1",
            "AWS_ACCESS_KEY_ID": CREDENTIALS.access_key,
            "AWS_SECRET_ACCESS_KEY": CREDENTIALS.secret_key,
            "SPECTRON_BIND": "127.0.0.1:0",
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
        for line in (self.to_database, self.to_bucket):
            line.__exit__(kind, error, trace)

    @property
    def admin(self) -> SpectronManagement:
        return SpectronManagement(self.url, self.key)

    @property
    def variables(self) -> dict[str, str]:
        """What the one who is on call has in the environment."""
        return {"SPECTRON_URL": self.url, "SPECTRON_API_KEY": self.key} | self.environment

    def slow_database(self, seconds: float) -> None:
        """Hold back each piece of what is sent to the database for so long, from the next connection on."""
        self.to_database.slow_down(seconds)
        self.to_database.cut()
        self.to_database.mend()

    def start(self, role: str, **settings: str) -> Process:
        """One more process: `api`, `worker` or `scheduler`."""
        log = self._folder / f"{role}-{len(self._parts)}.log"
        part = Process([str(BIN / "spectrond"), role, "start"], log, environment=self.environment | settings)
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
