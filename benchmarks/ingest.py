"""How fast documents become searchable: from upload to ready over HTTP, beside the floor on the same machine and texts.

`python -m benchmarks.ingest [--documents 60] [--kilobytes 40] [--rounds 3]` prints a table. The floor is what cannot be
spared: embedding the chunks and keywords alone, then inserting the same rows of chunks, keywords and edges raw, with
nothing read, cut, queued or kept consistent. Processor time stands beside the time on the wall, for a busy machine.
"""

import argparse
import asyncio
import itertools
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from surrealdb import RecordID

from server.core.clock import SystemClock
from server.documents.chunking import Chunk, Chunker
from server.documents.keywords import Keyword, keywords
from server.models.local import LocalEmbedder
from server.store import vectors
from server.store.binding import Binding
from server.store.embedded import EmbeddedEngine
from server.store.engine import Database
from server.store.migrations import Migrator, load

BINDING = Binding("bench", "floor")
BATCH = 64
UPLOADERS = 4
VOCABULARY = 6000
COMMON_PART, HEADING_PART = 0.4, 0.03
POLL_SECONDS = 0.25
SHORTEST_PAUSE, LONGEST_PAUSE = 0.02, 1.0
LOOKS_AT_FAILURES = 10
COMMON = ("the", "of", "and", "to", "in", "a", "is", "that", "for", "with", "as", "on", "by", "from", "at", "which")
TICKS = os.sysconf("SC_CLK_TCK")

INSERT_CHUNKS = f"""INSERT INTO knowledge_chunk $rows.map(|$row| object::extend($row, {{
    embedding: {vectors.decoded("$row.embedding")}, scope: <set>[] }})) RETURN NONE"""
INSERT_KEYWORDS = f"""INSERT IGNORE INTO keyword $rows.map(|$row| object::extend($row, {{
    embedding: {vectors.decoded("$row.embedding")}, scope: <set>[] }})) RETURN NONE"""
INSERT_EDGES = """INSERT RELATION INTO knowledge_has_keyword $rows.map(|$row| object::extend($row, {
    scope: <set>[] })) RETURN NONE"""


@dataclass(frozen=True)
class Measured:
    """A round: seconds on the wall, and seconds of processor."""

    wall: float
    cpu: float


def text_of(chance: random.Random, words: Sequence[str], size: int) -> str:
    """Markdown whose words are as unevenly frequent as those of a language."""
    parts: list[str] = []
    length = 0
    while length < size:
        sentence = " ".join(
            chance.choice(COMMON) if chance.random() < COMMON_PART else words[int(VOCABULARY * chance.random() ** 3)]
            for _ in range(chance.randint(6, 22))
        )
        heading = f"\n\n## {chance.choice(words)} {chance.choice(words)}\n\n" if chance.random() < HEADING_PART else ""
        parts.append(f"{heading}{sentence.capitalize()}. ")
        length += len(parts[-1])
    return "".join(parts)


def texts(documents: int, kilobytes: int) -> list[str]:
    chance = random.Random(5)  # noqa: S311  # texts, nothing secret
    syllables = [
        first + second for first in "bcdfghklmnprstvw" for second in ("a", "e", "i", "o", "u", "ar", "en", "il")
    ]
    words = ["".join(chance.choices(syllables, k=chance.randint(2, 4))) for _ in range(VOCABULARY)]
    return [text_of(chance, words, kilobytes * 1024) for _ in range(documents)]


async def timed(work: Callable[[], Awaitable[None]]) -> Measured:
    wall, cpu = time.perf_counter(), time.process_time()
    await work()
    return Measured(time.perf_counter() - wall, time.process_time() - cpu)


class Floor:
    """The same texts, cut beforehand."""

    def __init__(self, contents: Sequence[str]) -> None:
        self._embedder = LocalEmbedder()
        chunker = Chunker(self._embedder.count_tokens, size=512, overlap=64)
        self.chunks: list[list[Chunk]] = [list(chunker.chunks(text)) for text in contents]
        self.keywords: list[Sequence[Keyword]] = [keywords(text, "en") for text in contents]
        self._vectors: list[list[vectors.Vector]] = []
        self._named: dict[str, vectors.Vector] = {}

    async def embed(self) -> None:
        self._vectors, self._named = [], {}
        for chunks, found in zip(self.chunks, self.keywords, strict=True):
            held: list[vectors.Vector] = []
            for begin in range(0, len(chunks), BATCH):
                held += list(await self._embedder.embed([chunk.text for chunk in chunks[begin : begin + BATCH]]))
            self._vectors.append(held)
            new = [one for one in found if one.normalised not in self._named]
            if new:
                embedded = await self._embedder.embed([one.text for one in new])
                self._named |= dict(zip((one.normalised for one in new), embedded, strict=True))

    async def insert(self, database: Database) -> None:
        known: set[str] = set()
        for number, (chunks, held, found) in enumerate(zip(self.chunks, self._vectors, self.keywords, strict=True)):
            document = RecordID("document", f"d{number}")
            for begin in range(0, len(chunks), BATCH):
                pairs = zip(chunks[begin : begin + BATCH], held[begin : begin + BATCH], strict=True)
                rows = [_chunk_row(document, chunk, vector) for chunk, vector in pairs]
                await database.write(INSERT_CHUNKS, {"rows": rows})
            new = [one for one in found if one.normalised not in known]
            known |= {one.normalised for one in new}
            nodes = [_keyword_row(one, self._named[one.normalised]) for one in new]
            await database.write(INSERT_KEYWORDS, {"rows": nodes})
            edges = [
                {"in": document, "out": RecordID("keyword", one.normalised), "score": float(one.score)} for one in found
            ]
            await database.write(INSERT_EDGES, {"rows": edges})


def _chunk_row(document: RecordID, chunk: Chunk, vector: vectors.Vector) -> dict[str, Any]:
    return {
        "id": [document.id, 1, chunk.position],
        "document": document,
        "version": 1,
        "text": chunk.text,
        "position": chunk.position,
        "char_start": chunk.char_start,
        "char_end": chunk.char_end,
        "token_count": chunk.token_count,
        "embedding": vectors.encode(vector),
    }


def _keyword_row(one: Keyword, vector: vectors.Vector) -> dict[str, Any]:
    return {
        "id": one.normalised,
        "text": one.text,
        "normalised": one.normalised,
        "embedding": vectors.encode(vector),
    }


async def floor(prepared: Floor) -> tuple[Measured, Measured]:
    """Embedding alone, and raw inserts alone."""
    with tempfile.TemporaryDirectory() as folder:
        clock = SystemClock()
        async with EmbeddedEngine(Path(folder) / "store", clock) as engine:
            await engine.create_database(BINDING)
            await Migrator(engine, clock).apply(BINDING, load("context"))
            embedding = await timed(prepared.embed)
            inserting = await timed(lambda: prepared.insert(Database(engine, BINDING)))
        await asyncio.sleep(0.5)
    return embedding, inserting


@contextmanager
def server(folder: Path) -> Iterator[tuple[int, str, str]]:
    """A `spectrond` of its own: its process, address and key."""
    command = [str(Path(sys.executable).with_name("spectrond")), "dev", "start", "--data-dir", str(folder / "data")]
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen([*command, "--bind", "127.0.0.1:0"], stdout=output, stderr=output)
    try:
        while not (found := re.search(r"listens on (http://\S+)", log.read_text())):
            time.sleep(POLL_SECONDS)
        yield process.pid, found[1], (folder / "data" / "management.key").read_text().strip()
    finally:
        process.terminate()
        process.wait()


async def ingest(contents: Sequence[str]) -> Measured:
    """Upload everything to a server, and wait until all of it is ready."""
    with tempfile.TemporaryDirectory() as folder, server(Path(folder)) as (pid, url, key):
        async with httpx.AsyncClient(base_url=f"{url}/api/v1", headers={"API-KEY": key}, timeout=120) as http:
            (await http.post("/contexts/b", json={"namespace": "b", "database": "b"})).raise_for_status()
            await _all_ready(http, ["Warm up. " * 400])
            cpu, began = _cpu(pid), time.perf_counter()
            await _all_ready(http, contents)
            return Measured(time.perf_counter() - began, _cpu(pid) - cpu)


async def _all_ready(http: httpx.AsyncClient, contents: Sequence[str]) -> None:
    waiting = list(enumerate(contents))
    before, began = await _total(http, "ready"), time.perf_counter()

    async def sender() -> None:
        while waiting:
            number, text = waiting.pop()
            file = (f"text-{number}.md", text.encode())
            (await http.post("/b/documents", files={"file": file})).raise_for_status()

    await asyncio.gather(*(sender() for _ in range(UPLOADERS)))
    # Looking costs the server some of the time that is measured: the next look is when half of the rest should be done.
    for looks in itertools.count(1):
        done = await _total(http, "ready") - before
        left = len(contents) - done
        if left <= 0:
            return
        if looks % LOOKS_AT_FAILURES == 0 and await _total(http, "failed"):
            raise SystemExit("a document failed; see the server's log")
        rest = (time.perf_counter() - began) / max(done, 1) * left
        await asyncio.sleep(min(max(rest / 2, SHORTEST_PAUSE), LONGEST_PAUSE))


async def _total(http: httpx.AsyncClient, status: str) -> int:
    total: int = (await http.get("/b/documents", params={"status": status, "page_size": 1})).json()["total"]
    return total


def _cpu(pid: int) -> float:
    """Seconds of processor that a process and its children have taken."""
    total = 0
    children = [
        int(name) for task in Path(f"/proc/{pid}/task").iterdir() for name in (task / "children").read_text().split()
    ]
    for one in (pid, *children):
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        total += sum(map(int, fields[11:15]))
    return total / TICKS


def show(name: str, measured: Sequence[Measured], documents: int, chunks: int, megabytes: float) -> Measured:
    wall = statistics.median(one.wall for one in measured)
    cpu = statistics.median(one.cpu for one in measured)
    print(
        f"{name:<36}{wall:>8.2f}{cpu:>8.2f}{documents / wall:>10.1f}{chunks / wall:>10.0f}{megabytes / wall:>8.2f}"
        f"{chunks / cpu:>14.0f}"
    )
    return Measured(wall, cpu)


async def measure(documents: int, kilobytes: int, rounds: int) -> None:
    contents = texts(documents, kilobytes)
    prepared = Floor(contents)
    chunks = sum(map(len, prepared.chunks))
    edges = sum(map(len, prepared.keywords))
    nodes = len({one.normalised for found in prepared.keywords for one in found})
    megabytes = sum(len(text.encode()) for text in contents) / 1e6
    print(
        f"{documents} documents, {megabytes:.1f} MB, {chunks} chunks, {nodes} keywords, {edges} edges; {rounds} rounds"
    )
    await prepared.embed()
    floors: list[tuple[Measured, Measured]] = []
    whole: list[Measured] = []
    for _ in range(rounds):
        floors.append(await floor(prepared))
        whole.append(await ingest(contents))
    head = ("wall s", "cpu s", "docs/s", "chunks/s", "MB/s", "chunks/cpu s")
    print(f"{'medians':<36}{head[0]:>8}{head[1]:>8}{head[2]:>10}{head[3]:>10}{head[4]:>8}{head[5]:>14}")
    totals = (documents, chunks, megabytes)
    show("floor: embedding alone", [one for one, _ in floors], *totals)
    show("floor: raw inserts alone", [one for _, one in floors], *totals)
    both = [Measured(one.wall + two.wall, one.cpu + two.cpu) for one, two in floors]
    least = show("floor: both, one after the other", both, *totals)
    taken = show("from upload to ready", whole, *totals)
    print(f"of the floor: {least.wall / taken.wall:.2f} on the wall, {least.cpu / taken.cpu:.2f} of processor time")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=60)
    parser.add_argument("--kilobytes", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    asyncio.run(measure(given.documents, given.kilobytes, given.rounds))
