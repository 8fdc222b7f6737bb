"""Keywords shared by documents: counted exactly, whoever comes and goes."""

import asyncio
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.control.audit import SYSTEM
from server.core.clock import SystemClock
from server.store.embedded import EmbeddedEngine
from tests.documents.shelf import Shelf, shelf_in

PHRASES = ("solar panel", "wind turbine", "tidal barrage", "hydrogen cell", "heat pump", "district heating")


def text(*phrases: str) -> str:
    return ". ".join(phrases) + "."


async def counted(shelf: Shelf) -> dict[str, int]:
    """The counts as the edges have them."""
    rows = await shelf.database.rows(
        "SELECT record::id(out) AS id, count() AS total FROM knowledge_has_keyword GROUP BY id"
    )
    return {row["id"]: row["total"] for row in rows}


async def test_documents_share_their_keywords(shelf: Shelf) -> None:
    first = await shelf.added(text("solar panel", "heat pump"))
    second = await shelf.added(text("solar panel", "wind turbine"))
    assert await shelf.keyword_counts() == {"solar panel": 2, "heat pump": 1, "wind turbine": 1}
    await shelf.library.removal.delete(shelf.opened, first, SYSTEM)
    assert await shelf.keyword_counts() == {"solar panel": 1, "wind turbine": 1}
    await shelf.library.removal.delete(shelf.opened, second, SYSTEM)
    assert await shelf.keyword_counts() == {}


async def test_hot_keywords_are_counted_exactly_under_concurrency(tmp_path: Path) -> None:
    engine = EmbeddedEngine(tmp_path / "store", SystemClock())
    async with shelf_in(tmp_path, engine=engine) as shelf, shelf_in(tmp_path, engine=engine) as other:
        received = [await shelf.upload(text(*PHRASES, f"number {one}")) for one in range(24)]
        ids, shelf.queue[:] = list(shelf.queue), []
        deleted = [one.document for one in received[:6]]
        await asyncio.gather(
            *(
                (shelf, other)[number % 2].library.pipeline.process(shelf.opened, document_id, shelf.note)
                for number, document_id in enumerate(ids)
            )
        )
        await asyncio.gather(*(shelf.library.removal.delete(shelf.opened, document, SYSTEM) for document in deleted))
        counts = await shelf.keyword_counts()
        assert {phrase: counts[phrase] for phrase in PHRASES} == dict.fromkeys(PHRASES, 18)
        assert counts == await counted(shelf)
    await engine.close()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from("udr"), st.sets(st.sampled_from(PHRASES), min_size=1)), max_size=12))
async def test_any_history_leaves_exact_counts(tmp_path: Path, history: list[tuple[str, set[str]]]) -> None:
    async with shelf_in(tmp_path) as shelf:
        kept: list[str] = []
        for number, (step, phrases) in enumerate(history):
            if step == "u":
                kept.append((await shelf.added(text(*sorted(phrases), f"entry {number}"))).id)
            elif kept and step == "d":
                await shelf.library.removal.delete(shelf.opened, await shelf.show(kept.pop(0)), SYSTEM)
            elif kept:
                await shelf.library.uploads.reprocess(shelf.opened, await shelf.show(kept[-1]))
                await shelf.process()
            assert await shelf.keyword_counts() == await counted(shelf)
        assert await shelf.rows("document") == len(kept)
