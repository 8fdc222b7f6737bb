"""A real `spectrond` on a data directory, with the means to stop, kill and start it again."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from spectron import SpectronManagement
from tests.support.processes import Process

BIN = Path(sys.executable).parent


class Deployment:
    """`spectrond dev` on a free port; leaving its `with` block kills what is left of it."""

    def __init__(self, data_dir: Path, logs: Path, *, environment: dict[str, str] | None = None) -> None:
        self.data_dir = data_dir
        self._logs = logs
        self._environment = environment or {}
        self._starts = 0
        self.process: Process
        self.url = ""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.kill()

    @property
    def key(self) -> str:
        return (self.data_dir / "management.key").read_text().strip()

    @property
    def admin(self) -> SpectronManagement:
        return SpectronManagement(self.url, self.key)

    def start(self, port: int = 0, **settings: str) -> None:
        """Start it on that port, or on one that is free; `settings` are in the environment this once."""
        self._starts += 1
        log = self._logs / f"spectrond-{self._starts}.log"
        self.process = Process(
            [str(BIN / "spectrond"), "dev", "start", "--data-dir", str(self.data_dir), "--bind", f"127.0.0.1:{port}"],
            log,
            environment=self._environment | settings,
        )
        self.url = self.process.wait_for(r"listens on (http://\S+)").group(1)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        return self.process.stop(number)

    def kill(self) -> None:
        self.process.kill()

    def ctl(self, *arguments: str, typed: str = "", key: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run `spectronctl` against this server."""
        return subprocess.run(
            [str(BIN / "spectronctl"), *arguments],
            input=typed,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            env={
                "PATH": str(BIN),
                "HOME": str(self._logs),
                "SPECTRON_URL": self.url,
                "SPECTRON_API_KEY": self.key if key is None else key,
                "COLUMNS": "200",
            },
        )

    def ctl_json(self, *arguments: str) -> Any:
        """The JSON that a `spectronctl` command prints."""
        done = self.ctl(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)
