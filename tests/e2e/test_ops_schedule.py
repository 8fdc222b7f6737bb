"""`spectron-ops schedule` as a service runs it: what fails is told, and a kill loses no run."""

import json
import signal
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.ops.deployment import Deployment, serving
from tests.support.processes import Process

OPS = str(Path(sys.executable).parent / "spectron-ops")


@pytest.fixture
def saved() -> Iterator[Deployment]:
    with serving() as deployment:
        deployment.fill("acme", 30)
        yield deployment


@pytest.fixture
def hook() -> Iterator[tuple[str, list[Any]]]:
    received: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library calls it so
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", received
    server.shutdown()
    thread.join()
    server.server_close()


def schedule(folder: Path, url: str, **jobs: object) -> Path:
    file = folder / "schedule.yaml"
    file.write_text(yaml.safe_dump({"state": "state.json", "jobs": jobs, "notify": {"webhooks": [{"url": url}]}}))
    return file


def environment(folder: Path, saved: Deployment) -> dict[str, str]:
    return {
        "HOME": str(folder),
        "SPECTRON_URL": saved.url,
        "SPECTRON_API_KEY": "mgmt-a-b",
        "SPECTRON_BACKUP_REPOSITORY": str(folder / "backups"),
    }


def test_a_failure_and_its_end_are_told(tmp_path: Path, saved: Deployment, hook: tuple[str, list[Any]]) -> None:
    url, received = hook
    file = schedule(tmp_path, url, daily={"run": "backup run --all"})
    codes = []
    for refused in (503, None, None):
        saved.refused = {"contexts/acme/export": refused} if refused else {}
        with Process([OPS, "schedule", "once", "daily", "--config", str(file)], tmp_path / "log",
                     environment=environment(tmp_path, saved)) as process:  # fmt: skip
            codes.append(process.wait())
    assert codes == [1, 0, 0]
    assert [one["kind"] for one in received] == ["failed", "recovered"]
    assert "acme: Refused" in received[0]["message"]


def test_a_service_that_can_not_read_its_state_tells_it_and_goes_on_when_it_can(
    tmp_path: Path, saved: Deployment, hook: tuple[str, list[Any]]
) -> None:
    file = schedule(tmp_path, hook[0], daily={"run": "backup run --all", "every": "hour"})
    (tmp_path / "state.json").write_text("{")
    arguments = [OPS, "schedule", "run", "--config", str(file)]
    with Process(arguments, tmp_path / "log", environment=environment(tmp_path, saved)) as service:
        service.wait_for("No job can be run: .* Repair it, or delete it")
        since = (datetime.now(UTC) - timedelta(hours=3)).isoformat()
        (tmp_path / "state.json").write_text(json.dumps({"jobs": {"daily": {"since": since}}}))
        service.wait_for("daily went well", seconds=90)
        assert service.stop(signal.SIGTERM) == 0
    assert [one["kind"] for one in hook[1]] == ["failed", "missed"]


def test_a_killed_service_goes_on_with_what_it_owes(
    tmp_path: Path, saved: Deployment, hook: tuple[str, list[Any]]
) -> None:
    file = schedule(tmp_path, hook[0], daily={"run": "backup run --all", "every": "hour"})
    since = (datetime.now(UTC) - timedelta(days=3)).isoformat()
    (tmp_path / "state.json").write_text(json.dumps({"jobs": {"daily": {"since": since}}}))
    arrived = threading.Event()
    go_on = threading.Event()

    def pause(_: int) -> None:
        arrived.set()
        go_on.wait(60)

    saved.on_bytes = pause
    arguments = [OPS, "schedule", "run", "--config", str(file)]
    with Process(arguments, tmp_path / "first.log", environment=environment(tmp_path, saved)) as first:
        assert arrived.wait(60), first.output
        first.kill()
    with Process(arguments, tmp_path / "second.log", environment=environment(tmp_path, saved)) as second:
        # The job outlived the service that started it; it is not started a second time beside itself.
        second.wait_for("is running already")
        go_on.set()
        second.wait_for("daily went well", seconds=90)
        assert second.stop(signal.SIGTERM) == 0
    assert json.loads((tmp_path / "state.json").read_text())["jobs"]["daily"]["exit_code"] == 0
