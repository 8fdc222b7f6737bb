"""The API and a worker as processes of their own, on one SurrealDB server."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server.documents.document import STATUSES
from tests.support.cluster import PATIENCE, Cluster
from tests.support.deployment import BIN
from tests.support.processes import Process


def test_the_api_tells_at_once_what_a_worker_does(tmp_path: Path) -> None:
    with Cluster(tmp_path) as cluster, cluster.client() as http:
        http.post("/contexts/acme", json={"namespace": "acme", "database": "prod"}).raise_for_status()
        upload = http.post("/acme/documents", files={"file": ("a.txt", b"Ada wrote the first program.")})
        upload.raise_for_status()
        (job,) = http.get("/jobs").json()["jobs"]
        assert (job["state"], job["subject"]) == ("queued", upload.json()["id"])

        with http.stream("GET", "/events", params={"kind": ["job", "document"]}) as stream:
            lines = stream.iter_lines()
            assert next(lines).startswith("retry")
            worker = cluster.start("worker")
            worker.wait_for("works")
            told = until_done(lines)
            assert worker.stop() == 0
        documents = [one for one in told if "state" not in one]
        assert {one["id"] for one in told} == {job["id"], job["subject"]}
        # What another process does is asked for twice a second, so a quick stage may be over by then.
        heard = [STATUSES.index(one["status"]) for one in documents]
        assert heard == sorted(heard)
        assert STATUSES.index("queued") < heard[0] <= heard[-1] == STATUSES.index("ready")
        assert [one["attempts"] for one in told if one.get("state") == "done"] == [1]
        assert http.get(f"/acme/documents/{upload.json()['id']}").json()["status"] == "ready"
        assert cluster.api.stop(seconds=5) == 0


def until_done(lines: Iterator[str]) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = []
    deadline = time.monotonic() + PATIENCE
    while not told or told[-1].get("status") != "ready":
        assert time.monotonic() < deadline, told
        line = next(lines)
        if line.startswith("data: "):
            told.append(json.loads(line.removeprefix("data: ")))
    return told


@pytest.mark.parametrize("role", ["api", "worker"])
def test_a_process_of_one_part_needs_a_server(role: str, tmp_path: Path) -> None:
    command = [str(BIN / "spectrond"), role, "start"]
    with Process(command, tmp_path / "log", environment={"SPECTRON_DATA_DIR": str(tmp_path)}) as process:
        assert process.wait() == 1
    assert "SPECTRON_DATABASE_URL" in process.output
