"""A large upload passes through the server without standing in its memory."""

import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from tests.support.deployment import Deployment

MIB = 1024 * 1024
SIZE = 200 * MIB
MOST = 32 * MIB
PATIENCE = 100


def test_a_file_of_200_megabytes_takes_less_than_32_of_memory(deployment: Deployment, tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    with path.open("wb") as file:
        for _ in range(SIZE // MIB):
            file.write(b"The tide turns the wheel of the mill.\n".ljust(64, b".") * (MIB // 64))
    config = {"ingestion": {"max_upload_mb": 256}}
    with httpx.Client(
        base_url=f"{deployment.url}/api/v1", headers={"API-KEY": deployment.key}, timeout=PATIENCE
    ) as http:
        body = {"namespace": "acme", "database": "prod", "config": config}
        http.post("/contexts/acme", json=body).raise_for_status()
        # What is loaded once, such as the embedding model, is there before the measurement.
        until_ended(http, upload(http, tmp_path, b"The tide turns the wheel of the mill. " * 2000))
        before = memory(deployment.process.pid)["VmRSS"]
        Path(f"/proc/{deployment.process.pid}/clear_refs").write_text("5")
        with path.open("rb") as file:
            answer = http.post("/acme/documents", files={"file": ("large.txt", file)})
        assert answer.status_code == 202, answer.text
        accepted = memory(deployment.process.pid)["VmHWM"]
        ended = until_ended(http, answer.json()["id"])
        peak = memory(deployment.process.pid)["VmHWM"]
        assert ended["status"] == "failed"
        assert "MB" in str(ended["error"])
        assert accepted - before < MOST, f"{(accepted - before) / MIB:.1f} MB during the upload"
        assert peak - before < MOST, f"{(peak - before) / MIB:.1f} MB until the end"
        downloaded = 0
        with http.stream("GET", f"/acme/documents/{answer.json()['id']}/raw") as raw:
            for part in raw.iter_bytes():
                downloaded += len(part)
        assert downloaded == SIZE
        assert memory(deployment.process.pid)["VmHWM"] - before < MOST


def upload(http: httpx.Client, folder: Path, content: bytes) -> str:
    path = folder / "small.txt"
    path.write_bytes(content)
    with path.open("rb") as file:
        answer = http.post("/acme/documents", files={"file": ("small.txt", file)})
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


def until_ended(http: httpx.Client, document_id: str) -> dict[str, object]:
    deadline = time.monotonic() + PATIENCE
    while True:
        document: dict[str, object] = http.get(f"/acme/documents/{document_id}").json()
        if document["status"] in {"ready", "failed"}:
            return document
        assert time.monotonic() < deadline, document
        time.sleep(0.1)


def memory(pid: int) -> dict[str, int]:
    """What the system says of a process, in bytes."""

    def lines() -> Iterator[tuple[str, int]]:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            name, _, value = line.partition(":")
            if value.strip().endswith("kB"):
                yield name, int(value.split()[0]) * 1024

    return dict(lines())
