"""A server of our own on a folder of its own, for as long as it is needed."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ops.errors import OpsError
from spectron.sync.client import SpectronManagement

LISTENS = re.compile(r"listens on (http://\S+)")
START_SECONDS = 120.0
STOP_SECONDS = 60.0
POLL_SECONDS = 0.05
# What this machine's own server is told must not reach the other one, which would then work on its data.
OURS = "SPECTRON_"


@contextmanager
def serving(data_dir: Path, environ: Mapping[str, str], settings: Mapping[str, str]) -> Iterator[SpectronManagement]:
    """A `spectrond` on that folder at a free port of this machine; it has ended when the block has."""
    log = data_dir.with_name(f"{data_dir.name}.log")
    with log.open("wb") as output:
        child = subprocess.Popen(  # noqa: S603 - the program is our own
            [
                sys.executable,
                "-m",
                "ops.restore.child",
                str(os.getpid()),
                program(),
                "dev",
                "start",
                "--data-dir",
                str(data_dir),
                "--bind",
                "127.0.0.1:0",
            ],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={name: value for name, value in environ.items() if not name.startswith(OURS)} | dict(settings),
            start_new_session=True,
        )
    try:
        url = _address(child, log)
        key = (data_dir / "management.key").read_text("utf-8").strip()
        with SpectronManagement(url, key) as admin:
            yield admin
        _stop(child, log)
    finally:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        log.unlink(missing_ok=True)


def program() -> str:
    """`spectrond`, as it was installed beside this program."""
    beside = Path(sys.executable).with_name("spectrond")
    found = str(beside) if beside.is_file() else shutil.which("spectrond")
    if found is None:
        raise OpsError("`spectrond` is not installed on this machine. Install the whole of Spectron here.")
    return found


def _address(child: "subprocess.Popen[bytes]", log: Path) -> str:
    deadline = time.monotonic() + START_SECONDS
    while True:
        ended = child.poll() is not None
        found = LISTENS.search(log.read_text(errors="replace"))
        if found:
            return found[1]
        if ended or time.monotonic() > deadline:
            words = log.read_text(errors="replace")[-1500:]
            raise OpsError(f"The server for the restored data did not start: {words}")
        time.sleep(POLL_SECONDS)


def _stop(child: "subprocess.Popen[bytes]", log: Path) -> None:
    """Let it write down what it has, so that its folder is whole."""
    child.terminate()
    try:
        code = child.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise OpsError(f"The server for the restored data did not end in {STOP_SECONDS:g} s.") from error
    if code:
        words = log.read_text(errors="replace")[-1500:]
        raise OpsError(f"The server for the restored data ended with {code}: {words}")
