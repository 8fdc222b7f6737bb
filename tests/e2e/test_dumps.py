"""Exports and imports of a real server: while others write, and when it is killed in the middle."""

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.core.clock import SystemClock
from server.store.binding import Binding
from server.store.embedded import EmbeddedEngine
from tests.store.dumps.world import dumped, migrated
from tests.support.deployment import Deployment

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

DUMP = {"Content-Type": "application/surrealql"}
ROUNDS = int(os.environ.get("SPECTRON_ROUNDS", "5"))
SECONDS = 60.0
MANY_ROWS = 600
FEW_ROWS = 60
LARGE = "x" * 40_000
SOURCE = Binding("acme", "prod")


def client(deployment: Deployment) -> httpx.Client:
    return httpx.Client(base_url=deployment.url, headers={"API-KEY": deployment.key}, timeout=SECONDS)


async def large_dump(count: int = MANY_ROWS) -> bytes:
    """More than fits into the buffers between a server and a client that does not read."""
    async with EmbeddedEngine(None, SystemClock()) as engine:
        await migrated(engine, SOURCE)
        rows = [{"id": number, "text": f"{LARGE}{number}"} for number in range(count)]
        await engine.write(
            SOURCE,
            "FOR $row IN $rows { CREATE type::record('session', $row.id) SET scope = <set>[], "
            "metadata = { text: $row.text } RETURN NONE }",
            {"rows": rows},
        )
        return await dumped(engine, SOURCE)


def sessions(http: httpx.Client, context_id: str) -> int:
    answer = http.get(f"/api/v1/contexts/{context_id}/digest")
    assert answer.is_success, answer.text
    rows: int = answer.json()["tables"]["session"]["rows"]
    return rows


def exporting(folder: Path) -> list[int]:
    """The processes that read a copy of a store in a folder."""
    found = []
    for process in Path("/proc").iterdir():
        try:
            command = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if b"server.store.dumps.program" in command and str(folder).encode() in command:
            found.append(int(process.name))
    return found


def gone(folder: Path) -> bool:
    deadline = time.monotonic() + 30
    while exporting(folder) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not exporting(folder)


def test_an_export_shows_one_moment_while_others_write(tmp_path: Path) -> None:
    with Deployment(tmp_path / "data", tmp_path) as deployment, client(deployment) as http:
        for context in ("acme", "other"):
            body = {"namespace": context, "database": "prod"}
            assert http.post(f"/api/v1/contexts/{context}", json=body).is_success
        session = http.post("/api/v1/acme/sessions", json={"scope": {"org": "acme"}}).json()["id"]
        acknowledged: list[int] = []
        done = threading.Event()

        def write() -> None:
            with client(deployment) as writing:
                while not done.is_set():
                    turn = {"role": "user", "content": f"turn {len(acknowledged)}"}
                    answer = writing.post(f"/api/v1/acme/sessions/{session}/turns", json=turn)
                    assert answer.is_success, answer.text
                    acknowledged.append(len(acknowledged))

        writer = threading.Thread(target=write)
        writer.start()
        try:
            while len(acknowledged) < 5:
                time.sleep(0.01)
            before = len(acknowledged)
            dump = http.get("/api/v1/contexts/acme/export")
            assert dump.is_success, dump.text
            after = len(acknowledged)
        finally:
            done.set()
            writer.join()
        answer = http.post("/api/v1/contexts/other/import", content=dump.content, headers=DUMP)
        assert answer.is_success, answer.text
        turns = answer.json()["tables"]["turn"]["rows"]
        assert before <= turns <= after + 1
        listed = http.get(f"/api/v1/other/sessions/{session}/turns", params={"limit": 500}).json()["turns"]
        assert [turn["content"] for turn in listed] == [f"turn {number}" for number in range(turns)][: len(listed)]


async def test_a_kill_in_an_export_leaves_neither_process_nor_files_behind(tmp_path: Path) -> None:
    dump = await large_dump()
    with Deployment(tmp_path / "data", tmp_path) as deployment:
        with client(deployment) as http:
            assert http.post("/api/v1/contexts/acme", json={"namespace": "acme", "database": "prod"}).is_success
            assert http.post("/api/v1/contexts/acme/import", content=dump, headers=DUMP).is_success
            with http.stream("GET", "/api/v1/contexts/acme/export") as answer:
                pieces = answer.iter_raw()
                next(pieces)
                assert len(list((tmp_path / "data" / "snapshots").iterdir())) == 1
                assert exporting(tmp_path)
                deployment.kill()
                with pytest.raises(httpx.HTTPError):
                    list(pieces)
        assert gone(tmp_path)
        deployment.start()
        with client(deployment) as http:
            assert not (tmp_path / "data" / "snapshots").exists()
            assert sessions(http, "acme") == MANY_ROWS


async def test_a_client_that_leaves_in_an_export_leaves_nothing_running(tmp_path: Path) -> None:
    dump = await large_dump()
    with Deployment(tmp_path / "data", tmp_path) as deployment:
        with client(deployment) as http:
            assert http.post("/api/v1/contexts/acme", json={"namespace": "acme", "database": "prod"}).is_success
            assert http.post("/api/v1/contexts/acme/import", content=dump, headers=DUMP).is_success
            with http.stream("GET", "/api/v1/contexts/acme/export") as answer:
                next(answer.iter_raw())
        assert gone(tmp_path)
        with client(deployment) as http:
            assert http.get("/api/v1/contexts/acme/export").content.endswith(b"}\n")


async def test_a_dead_reader_ends_the_answer_without_its_last_line(tmp_path: Path) -> None:
    dump = await large_dump()
    with Deployment(tmp_path / "data", tmp_path) as deployment, client(deployment) as http:
        assert http.post("/api/v1/contexts/acme", json={"namespace": "acme", "database": "prod"}).is_success
        assert http.post("/api/v1/contexts/acme/import", content=dump, headers=DUMP).is_success
        with http.stream("GET", "/api/v1/contexts/acme/export") as answer:
            pieces = answer.iter_raw()
            next(pieces)
            for process in exporting(tmp_path):
                os.kill(process, 9)
            with pytest.raises(httpx.HTTPError):
                list(pieces)
        assert sessions(http, "acme") == MANY_ROWS


async def test_a_kill_in_an_import_leaves_an_empty_context_that_takes_the_next(tmp_path: Path) -> None:
    dump = await large_dump(FEW_ROWS)
    with Deployment(tmp_path / "data", tmp_path) as deployment:
        with client(deployment) as http:
            assert http.post("/api/v1/contexts/acme", json={"namespace": "acme", "database": "prod"}).is_success
        for number in range(1, ROUNDS + 1):
            sent = len(dump) * number // (ROUNDS + 1)

            def body(sent: int = sent) -> Iterator[bytes]:
                yield from (dump[start : min(start + 65_536, sent)] for start in range(0, sent, 65_536))
                deployment.kill()
                yield dump[sent:]

            with client(deployment) as http, pytest.raises(httpx.HTTPError):
                http.post("/api/v1/contexts/acme/import", content=body(), headers=DUMP)
            deployment.start()
            with client(deployment) as http:
                context: dict[str, Any] = http.get("/api/v1/contexts/acme").json()
                assert context["state"] == "active"
                assert sessions(http, "acme") == 0
        with client(deployment) as http:
            assert http.post("/api/v1/contexts/acme/import", content=dump, headers=DUMP).is_success
            assert sessions(http, "acme") == FEW_ROWS
