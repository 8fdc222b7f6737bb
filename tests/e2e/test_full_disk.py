"""Originals on a disk that is full, then read-only, under a real server: refused, told, and whole again afterwards."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.deployment import BIN
from tests.support.processes import Process

MIB = 1024 * 1024
TEXT = b"The tidal barrage turns the ebb into electric power. "
PATIENCE = 60


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Process]:
    """A server whose object store is a disk of 4 MB of its own."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = f'mount -t tmpfs -o size=4m tmpfs {disk} && exec "$0" "$@"'
    wrapper = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mount)
    if subprocess.run([*wrapper, "true"], check=False, capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount a small disk")
    data = str(tmp_path / "data")
    command = [*wrapper, str(BIN / "spectrond"), "dev", "start", "--data-dir", data, "--bind", "127.0.0.1:0"]
    with Process(command, tmp_path / "log", environment={"SPECTRON_OBJECT_STORE": disk.as_uri()}) as process:
        yield process


def remounted(server: Process, disk: Path, how: str) -> None:
    inside = ("nsenter", "-t", str(server.pid), "--user", "--mount", "--preserve-credentials")
    subprocess.run([*inside, "mount", "-o", f"remount,{how}", str(disk)], check=True)


def test_uploads_are_refused_while_the_disk_takes_none(server: Process, tmp_path: Path) -> None:
    url = server.wait_for(r"listens on (http://\S+)").group(1)
    key = (tmp_path / "data" / "management.key").read_text().strip()
    with httpx.Client(base_url=f"{url}/api/v1", headers={"API-KEY": key}, timeout=PATIENCE) as http:
        http.post("/contexts/acme", json={"namespace": "acme", "database": "prod"}).raise_for_status()
        kept = upload(http, TEXT * 2000)
        assert kept.status_code == 202
        ended(http, kept.json()["id"])

        full = upload(http, bytes(8 * MIB))
        assert (full.status_code, "is full; free space" in full.json()["detail"]) == (503, True)
        sound(http, 1)

        remounted(server, tmp_path / "disk", "ro")
        refused = upload(http, TEXT * 10)
        assert (refused.status_code, "mount it read-write" in refused.json()["detail"]) == (503, True)
        assert http.get("/ready").json()["object_store"]["state"] == "unavailable"
        path = f"/acme/documents/{kept.json()['id']}"
        assert http.get(f"{path}/raw").content == TEXT * 2000
        assert http.delete(path).status_code == 503
        assert http.get(path).status_code == 404

        remounted(server, tmp_path / "disk", "rw")
        repaired = http.post("/acme/fsck", json={"repair": True}).json()
        assert {problem["kind"] for problem in repaired["problems"]} <= {"document.half_deleted"}
        sound(http, 0)
        assert ended(http, upload(http, TEXT * 10).json()["id"]) == "ready"
        sound(http, 1)


def upload(http: httpx.Client, content: bytes) -> httpx.Response:
    return http.post("/acme/documents", files={"file": ("tides.txt", content)})


def ended(http: httpx.Client, document_id: str) -> str:
    deadline = time.monotonic() + PATIENCE
    while True:
        document = http.get(f"/acme/documents/{document_id}").json()
        if document["status"] in {"ready", "failed"}:
            return str(document["status"])
        assert time.monotonic() < deadline, document
        time.sleep(0.1)


def sound(http: httpx.Client, documents: int) -> None:
    http.post("/lifecycle/expire?context=acme").raise_for_status()
    report = http.post("/acme/fsck", json={"check": "integrity"}).json()
    assert report["problems"] == []
    assert report["checked"].get("documents", 0) == report["checked"]["originals"] == documents
