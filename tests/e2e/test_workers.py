"""Several workers on one SurrealDB server share the documents; what one leaves behind that is killed, others finish."""

import random
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.cluster import Cluster
from tests.support.corpus import corpus

WORKERS = 3
PATIENCE = 240
FINAL = {"ready", "failed"}
UNFINISHED = {"queued", "retrying", "running"}


@pytest.mark.timeout(400)
def test_workers_share_what_there_is_and_one_may_die(tmp_path: Path) -> None:
    files = corpus(random.Random(7))
    with Cluster(tmp_path, SPECTRON_WORKER_CONCURRENCY="2") as cluster, cluster.client() as http:
        http.post("/contexts/acme", json={"namespace": "acme", "database": "prod"}).raise_for_status()
        for name, content in files.items():
            http.post("/acme/documents", files={"file": (name, content)}).raise_for_status()
        workers = [cluster.start("worker") for _ in range(WORKERS)]
        for worker in workers:
            worker.wait_for("works")
        seen: set[str] = set()
        until(http, seen, lambda told: sum(job["state"] == "done" for job in told) >= 5)
        workers[0].kill()
        until(http, seen, lambda told: all(job["state"] not in UNFINISHED for job in told))
        assert {int(name.rpartition("-")[2]) for name in seen} >= {worker.pid for worker in workers[1:]}

        documents = http.get("/acme/documents?page_size=500").json()["documents"]
        assert Counter(one["filename"] for one in documents) == Counter(list(files))
        failed = {one["filename"] for one in documents if one["status"] == "failed"}
        assert failed == {name for name in files if name.startswith("bad-")}
        assert {one["status"] for one in documents} == FINAL
        assert {one["version"] for one in documents} == {1}
        told = jobs(http)
        assert Counter(job["subject"] for job in told) == Counter(one["id"] for one in documents)
        assert all(job["attempts"] <= 2 for job in told)
        for worker in workers[1:]:
            assert worker.stop() == 0
        report = http.post("/acme/fsck", json={"check": "integrity"}).json()
        assert (report["problems"], report["checked"]["documents"]) == ([], len(files))


def jobs(http: httpx.Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = http.get("/jobs?context=acme&limit=500").json()["jobs"]
    return found


def until(http: httpx.Client, seen: set[str], over: Callable[[list[dict[str, Any]]], bool]) -> None:
    """Wait until it is over, and note which workers had jobs meanwhile."""
    deadline = time.monotonic() + PATIENCE
    while not over(told := jobs(http)):
        seen.update(job["worker"] for job in told if job["worker"])
        assert time.monotonic() < deadline, told
        time.sleep(0.2)
