"""A database server that tests start, kill and start again at the same address."""

from pathlib import Path

from tests.support.processes import Process

USERNAME = "root"
PASSWORD = "a password for tests"


class DatabaseServer:
    """The bridge as a process, with its files and its output in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = 0
        self._starts = 0
        self.process = self._start()

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self._port}"

    def kill(self) -> None:
        self.process.kill()

    def restart(self) -> None:
        """Start it again on the same files and the same port; returns when it serves."""
        self.process.kill()
        self.process = self._start()

    def _start(self) -> Process:
        self._starts += 1
        process = Process.python(
            "tests.support.bridge",
            str(self._port),
            USERNAME,
            PASSWORD,
            str(self._folder / "store"),
            log=self._folder / f"bridge-{self._starts}.log",
        )
        self._port = int(process.wait_for(r"listening on (\d+)").group(1))
        return process
