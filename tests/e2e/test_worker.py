"""The API and a worker as processes of their own, on one SurrealDB server."""

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.app import MASTER_KEY
from tests.support.database_server import PASSWORD, USERNAME, DatabaseServer
from tests.support.deployment import BIN
from tests.support.processes import Process

PATIENCE = 60


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    """What processes need that share a database and an object store."""
    (tmp_path / "database").mkdir()
    database = DatabaseServer(tmp_path / "database")
    yield {
        "SPECTRON_DATABASE_URL": database.url,
        "SPECTRON_DATABASE_USERNAME": USERNAME,
        "SPECTRON_DATABASE_PASSWORD": PASSWORD,
        "SPECTRON_MASTER_KEY": MASTER_KEY,
        "SPECTRON_DATA_DIR": str(tmp_path / "data"),
        "SPECTRON_BIND": "127.0.0.1:0",
    }
    database.kill()


def started(role: str, environment: dict[str, str], log: Path) -> Process:
    return Process([str(BIN / "spectrond"), role, "start"], log, environment=environment)


def test_the_api_tells_at_once_what_a_worker_does(environment: dict[str, str], tmp_path: Path) -> None:
    with started("api", environment, tmp_path / "api.log") as api:
        url = api.wait_for(r"listens on (http://\S+)").group(1)
        bootstrap = subprocess.run(
            [str(BIN / "spectrond"), "bootstrap"],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        headers = {"API-KEY": bootstrap.stdout.strip()}
        with httpx.Client(base_url=f"{url}/api/v1", headers=headers, timeout=PATIENCE) as http:
            http.post("/contexts/acme", json={"namespace": "acme", "database": "prod"}).raise_for_status()
            upload = http.post("/acme/documents", files={"file": ("a.txt", b"Ada wrote the first program.")})
            upload.raise_for_status()
            (job,) = http.get("/jobs").json()["jobs"]
            assert (job["state"], job["subject"]) == ("queued", upload.json()["id"])

            with http.stream("GET", "/events", params={"kind": ["job", "document"]}) as stream:
                lines = stream.iter_lines()
                assert next(lines).startswith("retry")
                with started("worker", environment, tmp_path / "worker.log") as worker:
                    worker.wait_for("works")
                    told = until_done(lines)
                    assert worker.stop() == 0
                documents = [one for one in told if "state" not in one]
                assert {one["id"] for one in told} == {job["id"], job["subject"]}
                assert [documents[0]["status"], documents[-1]["status"]] == ["extracting", "ready"]
                assert [one["attempts"] for one in told if one.get("state") == "done"] == [1]
                assert http.get(f"/acme/documents/{upload.json()['id']}").json()["status"] == "ready"
                assert api.stop(seconds=5) == 0


def until_done(lines: Iterator[str]) -> list[dict[str, object]]:
    told: list[dict[str, object]] = []
    deadline = time.monotonic() + PATIENCE
    while not told or told[-1].get("status") != "ready":
        assert time.monotonic() < deadline, told
        line = next(lines)
        if line.startswith("data: "):
            told.append(json.loads(line.removeprefix("data: ")))
    return told


@pytest.mark.parametrize("role", ["api", "worker"])
def test_a_process_of_one_part_needs_a_server(role: str, tmp_path: Path) -> None:
    with started(role, {"SPECTRON_DATA_DIR": str(tmp_path)}, tmp_path / "log") as process:
        assert process.wait() == 1
    assert "SPECTRON_DATABASE_URL" in process.output
