"""The latency of an authenticated request beside a bare FastAPI route, measured in turns in one run.

    python benchmarks/http_latency.py [--requests 2000]

Also prints how fast good keys are answered while wrong ones come in at 1,000 a second.
"""

import argparse
import contextlib
import http.client
import multiprocessing
import re
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from urllib.parse import urlsplit

from spectron import SpectronManagement

BARE = """
import socket, uvicorn
from fastapi import FastAPI
app = FastAPI()
@app.get("/bare")
async def bare() -> dict[str, str]:
    return {"status": "ok"}
with socket.socket(proto=socket.IPPROTO_TCP) as listening:
    listening.bind(("127.0.0.1", 0))
    print(f"listens on http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
    uvicorn.Server(uvicorn.Config(app, log_level="error")).run([listening])
"""
BIN = Path(sys.executable).parent
WRONG_PER_SECOND = 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=2000, help="requests of each kind")
    count = parser.parse_args().requests
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        command = [str(BIN / "spectrond"), "dev", "start", "--data-dir", str(data), "--bind", "127.0.0.1:0"]
        with (
            serving(command, Path(folder) / "spectrond.log") as (url, _),
            serving([sys.executable, "-c", BARE], Path(folder) / "bare.log") as (bare_url, _),
        ):
            key = (data / "management.key").read_text().strip()
            with SpectronManagement(url, key) as admin:
                admin.contexts.create(id="acme", namespace="acme", database="prod")
            context = Caller(url, "/api/v1/contexts/acme", key)
            bare = Caller(bare_url, "/bare", "")
            for _ in range(100):
                context.call(), bare.call()
            pairs = [(context.call(), bare.call()) for _ in range(count)]
            row("GET /api/v1/contexts/{id}", [pair[0] for pair in pairs])
            row("bare FastAPI route", [pair[1] for pair in pairs])
            print(f"{'ratio of the medians':<44}{median(p[0] for p in pairs) / median(p[1] for p in pairs):>10.2f}")
            with wrong_keys(url) as rate:
                row(f"the same under {WRONG_PER_SECOND} wrong keys a second", [context.call() for _ in range(count)])
                print(f"{'wrong keys sent a second':<44}{rate():>10.0f}")


class Caller:
    """Sends one request after the other over one connection."""

    def __init__(self, url: str, path: str, key: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc)
        self._path = path
        self._headers = {"API-KEY": key}

    def call(self, key: str | None = None, *, expected: tuple[int, ...] = (200,)) -> float:
        """Milliseconds until the whole answer is there."""
        began = time.perf_counter()
        self._connection.request("GET", self._path, headers=self._headers if key is None else {"API-KEY": key})
        answer = self._connection.getresponse()
        answer.read()
        if answer.status not in expected:
            raise SystemExit(f"{self._path} answered {answer.status}")
        return (time.perf_counter() - began) * 1000


@contextlib.contextmanager
def wrong_keys(url: str) -> Iterator[Callable[[], float]]:
    """Wrong keys at a steady rate from another process; yields what tells the rate that was reached."""
    sent = multiprocessing.Value("i", 0)
    attacker = multiprocessing.Process(target=attack, args=(url, sent), daemon=True)
    attacker.start()
    began = time.monotonic()
    try:
        yield lambda: sent.value / (time.monotonic() - began)
    finally:
        attacker.kill()
        attacker.join()


def attack(url: str, sent: "Synchronized[int]") -> None:
    """Send well-formed keys that nobody was given, each once."""
    caller = Caller(url, "/api/v1/contexts/acme", "")
    began = time.monotonic()
    while True:
        caller.call(f"sk-acme-{secrets.token_hex(8)}-{secrets.token_hex(20)}", expected=(401, 429))
        sent.value += 1
        ahead = began + sent.value / WRONG_PER_SECOND - time.monotonic()
        if ahead > 0:
            time.sleep(ahead)


@contextlib.contextmanager
def serving(command: list[str], log: Path) -> Iterator[tuple[str, int]]:
    """A server process until the block is left; yields its address and its process id."""
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT) as process:
        try:
            while not (found := re.search(r"listens on (http://\S+)", log.read_text())):
                if process.poll() is not None:
                    raise SystemExit(f"{command[0]} did not start:\n{log.read_text()}")
                time.sleep(0.05)
            yield found[1], process.pid
        finally:
            process.terminate()


def row(name: str, milliseconds: list[float]) -> None:
    milliseconds = sorted(milliseconds)
    p95 = milliseconds[int(len(milliseconds) * 0.95)]
    print(f"{name:<44}{median(milliseconds):>10.2f} ms median{p95:>10.2f} ms p95")


def median(values: Iterator[float] | list[float]) -> float:
    return statistics.median(list(values))


if __name__ == "__main__":
    main()
