"""Kill -9 of the server, or of a process that reads files, at random moments: every document comes to its own end."""

import asyncio
import contextlib
import os
import random
import signal
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.corpus import corpus
from tests.support.deployment import Deployment

ROUNDS = int(os.environ.get("SPECTRON_ROUNDS", "5"))
KILLS = 3
LONGEST_LIFE_SECONDS = 3.0
PATIENCE_SECONDS = 300
SENDERS = 4
FINAL = {"ready", "failed"}

Ends = Mapping[str, Mapping[str, Any]]


@pytest.mark.timeout(300 + 120 * ROUNDS)
async def test_no_document_is_lost_doubled_or_half_done(tmp_path: Path) -> None:
    chance = random.Random(int(os.environ.get("SPECTRON_SEED", "23")))
    files = corpus(chance)
    assert len(files) == 50
    with Deployment(tmp_path / "data", tmp_path) as deployment:
        await create(deployment, "undisturbed")
        await send(deployment, "undisturbed", dict(files))
        expected, keywords = await outcome(deployment, "undisturbed", files)
        failed = {name for name, end in expected.items() if end["status"] == "failed"}
        assert failed == {name for name in files if name.startswith("bad-")}, expected
        assert all(len(expected[name]["error"]) > 20 for name in failed)
        for number in range(ROUNDS):
            context = f"round-{number}"
            await create(deployment, context)
            await disturbed(deployment, context, files, chance)
            ends, counts = await outcome(deployment, context, files)
            assert ends == expected, context
            assert counts == keywords, context
            await delete(deployment, context)
        assert deployment.stop() == 0


async def disturbed(deployment: Deployment, context: str, files: Mapping[str, bytes], chance: random.Random) -> None:
    """Send all files while the server is killed again and again; whatever was not acknowledged is sent once more."""
    waiting = dict(files)
    for _ in range(KILLS):
        sending = asyncio.create_task(send(deployment, context, waiting))
        for kill in sorted(chance.choices(["reader", "server"], k=2)):
            await asyncio.sleep(chance.random() * LONGEST_LIFE_SECONDS / 2)
            if kill == "reader":
                kill_a_reader(deployment, chance)
        deployment.kill()
        with contextlib.suppress(httpx.TransportError):
            await sending
        deployment.start()
    await send(deployment, context, waiting)


async def send(deployment: Deployment, context: str, waiting: dict[str, bytes]) -> None:
    """Upload files, several at a time, and take those off the list that were acknowledged."""
    names = list(waiting)

    async def sender(http: httpx.AsyncClient) -> None:
        while names:
            name = names.pop()
            answer = await http.post(f"/{context}/documents", files={"file": (name, waiting[name])})
            assert answer.status_code == 202, answer.text
            del waiting[name]

    async with client(deployment) as http:
        outcomes = await asyncio.gather(*(sender(http) for _ in range(SENDERS)), return_exceptions=True)
    for error in outcomes:
        if error:
            raise error


async def outcome(deployment: Deployment, context: str, files: Mapping[str, bytes]) -> tuple[Ends, Ends]:
    """How each file ended, and the keywords; all of it agrees with itself."""
    async with client(deployment) as http:
        documents = await ended(http, context, len(files))
        # An original whose upload was killed before its document was made is an orphan until the next sweep.
        swept = await http.post("/lifecycle/expire", params={"context": context})
        assert swept.status_code == 200, swept.text
        report = (await http.post(f"/{context}/fsck", json={"check": "integrity"})).json()
        assert report["problems"] == []
        assert report["checked"]["documents"] == report["checked"]["originals"] == len(files)
        listed = await http.get(f"/{context}/documents/keywords?page_size=500&sort=name")
        keywords = listed.json()["keywords"]
        for document in documents:
            raw = await http.get(f"/{context}/documents/{document['id']}/raw")
            assert raw.content == files[document["filename"]]
            assert document["version"] == 1
    told = ("status", "error", "chunk_count", "keyword_count", "mime_type", "language", "title", "content_hash")
    return (
        {document["filename"]: {name: document[name] for name in told} for document in documents},
        {keyword["normalised"]: {"document_count": keyword["document_count"]} for keyword in keywords},
    )


async def ended(http: httpx.AsyncClient, context: str, count: int) -> list[dict[str, Any]]:
    """All documents of a Context once each has come to an end, and their jobs too."""
    deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
    while True:
        found = (await http.get(f"/{context}/documents", params={"page_size": 500})).json()["documents"]
        jobs = (await http.get("/jobs", params={"context": context, "limit": 500})).json()["jobs"]
        open_jobs = [job for job in jobs if job["state"] in {"queued", "retrying", "running"}]
        if all(document["status"] in FINAL for document in found) and not open_jobs:
            assert sorted(document["filename"] for document in found) == sorted({one["filename"] for one in found})
            assert len(found) == count
            return list(found)
        assert asyncio.get_running_loop().time() < deadline, (found, open_jobs)
        await asyncio.sleep(0.2)


def kill_a_reader(deployment: Deployment, chance: random.Random) -> None:
    """Kill one of the server's child processes, if there is any."""
    found = sorted(children(deployment.process.pid))
    if found:
        with contextlib.suppress(ProcessLookupError):
            os.kill(chance.choice(found), signal.SIGKILL)


def children(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            yield from map(int, (task / "children").read_text().split())


async def create(deployment: Deployment, context: str) -> None:
    async with client(deployment) as http:
        answer = await http.post(f"/contexts/{context}", json={"namespace": "crash", "database": context})
        assert answer.status_code == 201, answer.text


async def delete(deployment: Deployment, context: str) -> None:
    async with client(deployment) as http:
        assert (await http.delete(f"/contexts/{context}")).status_code == 204


def client(deployment: Deployment) -> httpx.AsyncClient:
    headers = {"API-KEY": deployment.key}
    return httpx.AsyncClient(base_url=f"{deployment.url}/api/v1", headers=headers, timeout=60)
