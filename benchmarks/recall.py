"""The latency of recall over HTTP on large Contexts, beside the least that a search can take and the engine's own.

    python benchmarks/recall.py [--sizes 10000,30000,100000] [--queries 300] [--engine-queries 1] [--data-dir FOLDER]

For each size it fills a Context over 50 scopes, starts a server, asks while its index is being built and, once it is,
asks questions that were never asked before: in the scope of one user and across all of them. Beside each in the same
run: the floor, which is one NumPy matrix product over the visible rows and one tantivy query, and the engine's own
nearest neighbours with the scope as a condition, of which one takes minutes at the largest size. With a data directory
what was filled is kept and used again.
"""

import argparse
import asyncio
import os
import shutil
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

# The threads of the floor's matrix product would go on waiting busily while the server is asked. The library reads
# this as it is loaded.
os.environ["OPENBLAS_THREAD_TIMEOUT"] = "4"

from recall_data import Corpus, fill
from recall_floor import EngineSearch, Floor
from recall_server import BINDING, Server, running

from server.core.clock import SystemClock
from server.models.local import LocalEmbedder
from server.store.embedded import EmbeddedEngine
from server.store.engine import Database

SCOPES = 50
HITS = 10
WARM_UP = 20
PROGRESS = 10_000
MODES = ("hybrid", "hybrid_graph")
MEASURED = "hybrid_graph"
# The least size of which the latencies are promised; of a smaller one the fixed cost of a request is most.
PROMISED = 100_000
P50_MS, P95_MS, TIMES_FLOOR, TIMES_VECTORS = 15.0, 40.0, 3.0, 4.0


@dataclass(frozen=True)
class Result:
    """What one size came to; latencies are medians with everything visible."""

    size: int
    recall_ms: float
    floor_ms: float
    index_bytes: float
    build_seconds: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="10000,30000,100000", help="how many chunks, one run each")
    parser.add_argument("--queries", type=int, default=300, help="how many questions of each kind")
    parser.add_argument("--engine-queries", type=int, default=1, help="how many questions to the engine's own search")
    parser.add_argument("--data-dir", type=Path, help="where to keep what was filled, for the next time")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = options.data_dir or Path(made)
        sizes = [int(size) for size in options.sizes.split(",")]
        results = [
            measure(folder / str(size), Corpus(size, SCOPES), options.queries, options.engine_queries) for size in sizes
        ]
    print(f"\n{'chunks':>10}{'recall p50':>14}{'floor p50':>14}{'times':>8}", end="")
    print(f"{'index':>12}{'a chunk':>12}{'build':>10}{'a chunk':>12}")
    for one in results:
        times = one.recall_ms / one.floor_ms
        print(f"{one.size:>10,}{one.recall_ms:>11.2f} ms{one.floor_ms:>11.2f} ms{times:>8.2f}", end="")
        print(f"{one.index_bytes / 1e6:>9.1f} MB{one.index_bytes / one.size:>10.0f} B", end="")
        print(f"{one.build_seconds:>8.1f} s{1e6 * one.build_seconds / one.size:>9.0f} \u00b5s")


def measure(folder: Path, corpus: Corpus, queries: int, engine_queries: int) -> Result:
    """Everything about one size."""
    print(f"\n{corpus.size:,} chunks in {corpus.scopes} scopes")
    prepare(folder, corpus)
    floor = Floor(corpus, LocalEmbedder())
    with running(folder) as server:
        server.embed_once()
        began = server.resident_bytes
        build_seconds = build(server, corpus)
        index_bytes = server.gauge("spectron_index_bytes")
        vector_bytes = 4 * LocalEmbedder.dimension * corpus.size
        verdict("index memory", index_bytes / vector_bytes, TIMES_VECTORS, "times the vectors")
        show_growth("process grown by, just built", server.resident_bytes - began, vector_bytes)
        ask(server, floor, corpus, WARM_UP, in_scope=True)
        scoped = ask(server, floor, corpus, queries, in_scope=True)
        everything = ask(server, floor, corpus, queries, in_scope=False)
        show_growth("process grown by, while asked", server.resident_bytes - began, vector_bytes)
    show("in one scope", scoped)
    show("in all scopes", everything)
    recall_ms, floor_ms = (percentile(everything[name], 50) for name in (MEASURED, "floor"))
    if corpus.size >= PROMISED:
        verdict("p50 in all scopes", recall_ms, P50_MS, "ms")
        verdict("p95 in all scopes", percentile(everything[MEASURED], 95), P95_MS, "ms")
        verdict("p50 in all scopes", recall_ms / floor_ms, TIMES_FLOOR, "times the floor")
    if engine_queries:
        asyncio.run(search_engine(folder, corpus, engine_queries))
    return Result(corpus.size, recall_ms, floor_ms, index_bytes, build_seconds)


def prepare(folder: Path, corpus: Corpus) -> None:
    """A data directory with the whole corpus, and with no saved index."""
    if not (folder / "filled").exists():
        began = time.perf_counter()
        folder.mkdir(parents=True)
        with running(folder) as server:
            server.create_context()
        asyncio.run(_with_database(folder, lambda database: _filled(database, corpus)))
        (folder / "filled").touch()
        print(f"  filled in {time.perf_counter() - began:.0f} s")
    shutil.rmtree(folder / "data" / "index", ignore_errors=True)


async def _filled(database: Database, corpus: Corpus) -> None:
    began = time.perf_counter()
    async for number in fill(database, corpus):
        if number % PROGRESS == 0:
            print(f"  {number:,} filled after {time.perf_counter() - began:.0f} s", flush=True)


def build(server: Server, corpus: Corpus) -> float:
    """Ask until everything can be found; how long that took."""
    began, seen, latencies = time.perf_counter(), [], []
    questions = corpus.questions(1_000_000)
    while (progress := server.index_progress()) < 1:
        seen.append(progress)
        latencies.append(server.ask(next(questions), MEASURED, HITS, in_scope=True, expected="building"))
        time.sleep(0.05)
    seconds = time.perf_counter() - began
    steps = len(set(seen))
    print(f"  index built in {seconds:.1f} s, seen at {steps} stages, {len(latencies)} questions answered meanwhile")
    if latencies:
        print(line("meanwhile", latencies))
    return seconds


def ask(server: Server, floor: Floor, corpus: Corpus, count: int, *, in_scope: bool) -> dict[str, list[float]]:
    """Milliseconds by what was asked, taking turns."""
    taken: dict[str, list[float]] = {name: [] for name in (*MODES, "floor")}
    for question in corpus.questions(count):
        for mode in MODES:
            taken[mode].append(server.ask(question, mode, HITS, in_scope=in_scope))
        taken["floor"].append(floor.ask(question, question.user if in_scope else None, HITS))
    return taken


async def search_engine(folder: Path, corpus: Corpus, queries: int) -> None:
    """The same of the engine, with the server out of the way."""
    embedder = LocalEmbedder()

    async def asked(database: Database) -> None:
        search = EngineSearch(database, embedder)
        taken = [await search.ask(one, one.user, HITS) for one in corpus.questions(queries)]
        print(line("the engine's KNN in one scope", taken))

    await _with_database(folder, asked)


async def _with_database(folder: Path, work: Callable[[Database], Awaitable[None]]) -> None:
    async with EmbeddedEngine(folder / "data" / "store", SystemClock()) as engine:
        await work(Database(engine, BINDING))


def show_growth(when: str, grown: int, vector_bytes: int) -> None:
    print(f"  {when:<34}{grown / 1e6:>8.0f} MB, {grown / vector_bytes:.2f} times the vectors")


def show(where: str, taken: dict[str, list[float]]) -> None:
    for name, milliseconds in taken.items():
        print(line(f"{name} {where}", milliseconds))


def line(name: str, milliseconds: list[float]) -> str:
    p50, p95, p99 = (percentile(milliseconds, percent) for percent in (50, 95, 99))
    return f"  {name:<34}p50 {p50:>8.2f} ms   p95 {p95:>8.2f} ms   p99 {p99:>8.2f} ms"


def percentile(values: list[float], percent: int) -> float:
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)]


def verdict(name: str, reached: float, bound: float, unit: str) -> None:
    print(f"  {name:<34}{reached:>8.2f} {unit} (at most {bound:g}): {'holds' if reached <= bound else 'MISSED'}")


if __name__ == "__main__":
    main()
