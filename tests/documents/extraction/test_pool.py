"""Reading files in processes that can be killed without the server noticing."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from server.core.errors import ExtractionError, UnavailableError
from server.documents.extraction.extracting import extract
from server.documents.extraction.pool import ExtractionPool
from server.documents.extraction.process import COMMAND
from server.documents.extraction.result import Limits
from tests.documents.extraction import samples

HOSTILE = (sys.executable, "-m", "tests.documents.extraction.hostile_worker")
MakePool = Callable[..., ExtractionPool]


@pytest.fixture
async def make_pool() -> AsyncIterator[MakePool]:
    pools: list[ExtractionPool] = []

    def make(size: int = 1, limits: Limits | None = None, command: tuple[str, ...] = HOSTILE) -> ExtractionPool:
        pools.append(ExtractionPool(size=size, limits=limits, command=command))
        return pools[-1]

    yield make
    for pool in pools:
        await pool.close()


@pytest.fixture
async def pool() -> AsyncIterator[ExtractionPool]:
    pool = ExtractionPool()
    yield pool
    await pool.close()


async def test_a_worker_reads_what_this_process_would(pool: ExtractionPool, tmp_path: Path) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(samples.pdf("Ärgste page.", "Second.", bookmarks=True, title="Tïtle"))
    assert await pool.extract(path, "application/pdf") == extract(path, None, Limits())


async def test_its_errors_are_those_of_the_file(pool: ExtractionPool, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(samples.png())
    with pytest.raises(ExtractionError, match="is a PNG image"):
        await pool.extract(tmp_path / "x")


async def test_a_warm_process_is_used_again(pool: ExtractionPool, tmp_path: Path) -> None:
    (tmp_path / "x").write_text("words")
    await pool.extract(tmp_path / "x")
    first = pool.pids
    for _ in range(20):
        await pool.extract(tmp_path / "x")
    assert pool.pids == first
    assert len(first) == 1


async def test_files_are_read_side_by_side_up_to_the_size(make_pool: MakePool) -> None:
    pool = make_pool(size=2, command=HOSTILE)
    texts = [extracted.text for extracted in await asyncio.gather(*(pool.extract(Path("fine")) for _ in range(12)))]
    assert set(texts) == {str(pid) for pid in pool.pids}
    assert len(pool.pids) <= 2


@pytest.mark.parametrize("name", ["hang", "half-an-answer"])
async def test_a_file_that_takes_too_long_is_stopped(make_pool: MakePool, name: str) -> None:
    pool = make_pool(limits=Limits(seconds=1.0))
    await pool.extract(Path("fine"))
    before = pool.pids
    with pytest.raises(ExtractionError, match=r"longer than 1 s, which is the limit\. Split it"):
        await pool.extract(Path(name))
    assert pool.pids == set()
    assert all(not _exists(pid) for pid in before)
    assert (await pool.extract(Path("fine"))).text == str(*pool.pids)


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("crash", "makes its reader crash"),
        ("killed", "for lack of memory"),
        ("exhausted", "more processor time"),
    ],
)
async def test_a_file_that_ends_its_process_twice_is_given_up(make_pool: MakePool, name: str, problem: str) -> None:
    pool = make_pool()
    with pytest.raises(ExtractionError, match=problem):
        await pool.extract(Path(name))
    await pool.extract(Path("fine"))


async def test_a_process_killed_from_outside_is_replaced_unseen(make_pool: MakePool, tmp_path: Path) -> None:
    pool = make_pool()
    assert (await pool.extract(tmp_path / "killed-once")).text == str(*pool.pids)


async def test_an_idle_process_that_was_killed_is_replaced_unseen(make_pool: MakePool) -> None:
    pool = make_pool()
    first = (await pool.extract(Path("fine"))).text
    os.kill(int(first), signal.SIGKILL)
    second = (await pool.extract(Path("fine"))).text
    assert second != first


async def test_a_process_that_is_spent_is_replaced(make_pool: MakePool) -> None:
    pool = make_pool()
    with pytest.raises(ExtractionError, match="too much"):
        await pool.extract(Path("spent"))
    assert pool.pids == set()


async def test_a_cancelled_reading_ends_its_process(make_pool: MakePool) -> None:
    pool = make_pool()
    await pool.extract(Path("fine"))
    (pid,) = pool.pids
    reading = asyncio.create_task(pool.extract(Path("hang")))
    await asyncio.sleep(0)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert not _exists(pid)


async def test_a_closed_pool_has_no_processes_and_reads_nothing(make_pool: MakePool) -> None:
    pool = make_pool(size=2)
    await asyncio.gather(*(pool.extract(Path("fine")) for _ in range(4)))
    reading = asyncio.create_task(pool.extract(Path("hang")))
    await asyncio.sleep(0)
    before = pool.pids
    await pool.close()
    for attempt in (reading, pool.extract(Path("fine"))):
        with pytest.raises(UnavailableError, match="The server is stopping"):
            await attempt
    assert all(not _exists(pid) for pid in before)
    assert pool.pids == set()


async def test_a_worker_that_cannot_start_is_no_fault_of_the_file(make_pool: MakePool) -> None:
    with pytest.raises(UnavailableError, match="could not be started"):
        await make_pool(command=("/nonexistent/python",)).extract(Path("fine"))


async def test_memory_is_limited(make_pool: MakePool, tmp_path: Path) -> None:
    pool = make_pool(limits=Limits(memory_bytes=512 * 1024 * 1024), command=COMMAND)
    path = tmp_path / "x.json"
    path.write_text("[" + "[],[]," * 8_000_000 + "0]")
    with pytest.raises(ExtractionError, match="more than 512 MB of memory, which is the limit"):
        await pool.extract(path, "application/json")
    path.write_text("[1]")
    assert (await pool.extract(path, "application/json")).text == "[0]: 1\n"


async def test_a_worker_learns_no_secrets(
    pool: ExtractionPool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPECTRON_MASTER_KEY", "not for parsers")
    (tmp_path / "x").write_text("words")
    await pool.extract(tmp_path / "x")
    (pid,) = pool.pids
    environment = await asyncio.to_thread(Path(f"/proc/{pid}/environ").read_bytes)
    assert b"PATH=" in environment
    assert b"not for parsers" not in environment


async def test_many_texts_come_through_whole(pool: ExtractionPool, tmp_path: Path) -> None:
    text = "Größe 👍 " * 500_000
    (tmp_path / "x").write_text(text)
    assert (await pool.extract(tmp_path / "x", "text/plain")).text == text


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
