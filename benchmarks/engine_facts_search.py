"""Facts about vector and full-text search inside the engine."""

import asyncio
import time
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import numpy as np
from engine_facts_cost import WIDTH, cbor_vector
from engine_facts_timing import milliseconds
from surrealdb import RecordID

from server.core.clock import SystemClock
from server.store.binding import Binding
from server.store.embedded import EmbeddedEngine
from server.store.engine import Database

WORD_INDEX = "DEFINE INDEX words ON chunk FIELDS text FULLTEXT ANALYZER words BM25"
SCHEMA = f"""
DEFINE FIELD scope ON chunk TYPE set<record<scope_attribute>>;
DEFINE INDEX vectors ON chunk FIELDS embedding HNSW DIMENSION {WIDTH} DIST COSINE TYPE F32;
DEFINE ANALYZER words TOKENIZERS class FILTERS lowercase, ascii;
{WORD_INDEX};
"""
INSERT = """
FOR $row IN $rows {
    CREATE chunk SET text = $row.text, scope = <set>[$row.scope], embedding = encoding::cbor::decode($row.embedding)
}
"""
DISTANCES = "SELECT id, vector::distance::knn() AS distance FROM chunk WHERE embedding"
NEAREST = f"LET $vector = encoding::cbor::decode($e); {DISTANCES} <|10,40|> $vector"
NEAREST_OF_CALL = f"{DISTANCES} <|10,40|> encoding::cbor::decode($e)"
WITHIN = f"{NEAREST} AND scope CONTAINS $scope"
WORDS = "SELECT id, search::score(0) AS score FROM chunk WHERE text @0,OR@ $words ORDER BY score DESC LIMIT 10"
VOCABULARY = 5000
ASKED_FOR = range(10, 500)
BATCH = 50
NO_CHECKPOINT = 1024 * 1024 * 1024
WATCH_SECONDS = 5.0
SCOPES = 10


class Corpus:
    """Random chunks: words by Zipf's law, vectors of white noise, one scope of ten each."""

    def __init__(self) -> None:
        self._random = np.random.default_rng(7)

    def text(self, words: int = 60) -> str:
        return " ".join(f"word{min(number, VOCABULARY)}" for number in self._random.zipf(1.3, words))

    def question(self) -> str:
        """Three words, neither in every chunk nor in hardly any."""
        return " ".join(f"word{number}" for number in self._random.choice(ASKED_FOR, 3))

    def vector(self) -> bytes:
        return cbor_vector(self._random.normal(size=WIDTH))

    def rows(self, count: int) -> list[dict[str, Any]]:
        return [
            {
                "text": self.text(),
                "embedding": self.vector(),
                "scope": RecordID("scope_attribute", int(self._random.integers(SCOPES))),
            }
            for _ in range(count)
        ]


async def search_facts(folder: Path, *, quick: bool) -> AsyncGenerator[tuple[str, str], None]:
    count = 1000 if quick else 4000
    corpus = Corpus()
    async with EmbeddedEngine(folder / "search", SystemClock(), checkpoint_bytes=NO_CHECKPOINT) as engine:
        database = Database(engine, Binding("acme", "prod"))
        await database.write(SCHEMA)
        started = time.perf_counter()
        for _ in range(count // BATCH):
            await database.write(INSERT, {"rows": corpus.rows(BATCH)})
        yield (
            f"{count} chunks inserted with HNSW and FULLTEXT",
            f"{(time.perf_counter() - started) / count * 1000:.1f} ms each",
        )

        search = Searches(database, corpus)
        queued = await milliseconds(search.nearest, 10)
        yield f"KNN at {count} vectors still queued", f"{queued:.0f} ms, {queued / count * 1000:.0f} µs a vector"
        yield "KNN whose vector is a function call, not a variable", _answer(await search.nearest(NEAREST_OF_CALL))
        yield "KNN with a scope filter, still queued", f"{await milliseconds(search.within, 5):.0f} ms"
        yield "FULLTEXT search, OR of three words", f"{await milliseconds(search.words, 5):.0f} ms"
        yield "KNN while REBUILD INDEX runs", await _rebuild(database, search)
        yield (
            "KNN after the rebuild, plain and with a scope filter",
            (f"{await milliseconds(search.nearest, 10):.0f} ms, {await milliseconds(search.within, 5):.0f} ms"),
        )
        yield "`<|10,40|>` while its index is missing", await _without_index(database, search)
        yield "rows written during a blocking DEFINE INDEX", await _define_while_writing(database, corpus, "")
        yield (
            "rows written during DEFINE INDEX CONCURRENTLY",
            await _define_while_writing(database, corpus, "CONCURRENTLY"),
        )
        yield "an index half defined CONCURRENTLY, after a checkpoint", await _checkpoint_meanwhile(engine, database)
        yield "a set in the engine's own text form, parsed again", await _set_as_text(database)


class Searches:
    """The three questions that are timed, each time with another random input."""

    def __init__(self, database: Database, corpus: Corpus) -> None:
        self._database = database
        self._corpus = corpus

    async def nearest(self, text: str = NEAREST) -> list[Any]:
        return await self._database.rows(text, {"e": self._corpus.vector()})

    async def within(self) -> list[Any]:
        scope = RecordID("scope_attribute", 3)
        return await self._database.rows(WITHIN, {"e": self._corpus.vector(), "scope": scope})

    async def words(self) -> list[Any]:
        return await self._database.rows(WORDS, {"words": self._corpus.question()})


async def _rebuild(database: Database, search: Searches) -> str:
    started = time.perf_counter()
    rebuilding = asyncio.ensure_future(database.engine.execute(database.binding, "REBUILD INDEX vectors ON chunk"))
    longest, most = 0.0, 0
    while not rebuilding.done():
        asked = time.perf_counter()
        most = max(most, len(await search.nearest()))
        longest = max(longest, time.perf_counter() - asked)
    await rebuilding
    took = time.perf_counter() - started
    return f"slowest {longest:.1f} s, at most {most} rows for 10 asked; the rebuild took {took:.0f} s"


async def _without_index(database: Database, search: Searches) -> str:
    await database.engine.execute(database.binding, "REMOVE INDEX vectors ON chunk")
    return _answer(await search.nearest())


def _answer(rows: list[Any]) -> str:
    unknown = sum(row["distance"] is None for row in rows)
    return f"{len(rows)} rows for 10 asked, {unknown} of them without a distance"


async def _define_while_writing(database: Database, corpus: Corpus, how: str) -> str:
    await database.engine.execute(database.binding, "REMOVE INDEX words ON chunk")
    mark = f"marker{'concurrent' if how else 'blocking'}"
    defining = asyncio.ensure_future(database.engine.execute(database.binding, f"{WORD_INDEX} {how}"))
    written = 0
    while not defining.done() or (how and not await _is_ready(database)):
        await database.write("CREATE chunk SET text = $text, scope = <set>[]", {"text": f"{mark} {corpus.text(5)}"})
        written += 1
    await defining
    found = await database.rows("SELECT count() FROM chunk WHERE text @@ $mark GROUP ALL", {"mark": mark})
    return f"{found[0]['count'] if found else 0} of {written} are in the index"


async def _is_ready(database: Database) -> bool:
    return bool((await _building(database))["status"] == "ready")


async def _building(database: Database) -> Any:
    (info,) = await database.read("INFO FOR INDEX words ON chunk")
    return info["building"]


async def _checkpoint_meanwhile(engine: EmbeddedEngine, database: Database) -> str:
    await engine.execute(database.binding, f"REMOVE INDEX words ON chunk; {WORD_INDEX} CONCURRENTLY")
    await engine.checkpoint()
    before = await _building(database)
    await asyncio.sleep(WATCH_SECONDS)
    after = await _building(database)
    progress = "no further" if before == after else f"{after.get('initial')} rows further"
    return f"{before['status']}, {WATCH_SECONDS:.0f} s later {after['status']}, {progress}"


async def _set_as_text(database: Database) -> str:
    ((text,),) = await database.read("SELECT VALUE <string>scope FROM chunk WHERE count(scope) = 1 LIMIT 1")
    await database.write(f"CREATE dumped SET scope = {text}")
    ((kind,),) = await database.read("SELECT VALUE type::of(scope) FROM dumped")
    await database.write("CREATE dumped:two SET scope = {scope_attribute:1, scope_attribute:3}")
    ((other,),) = await database.read("SELECT VALUE type::of(scope) FROM dumped:two")
    return f"{text} becomes {kind}, {{scope_attribute:1, scope_attribute:3}} becomes {other}"
