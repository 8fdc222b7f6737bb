"""The embedded engine's checkpoints, its store's files, and how it begins and ends."""

import asyncio
import os
import signal
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.core.clock import SystemClock
from server.core.errors import ContextNotFoundError, UnavailableError
from server.store.binding import Binding
from server.store.embedded import EmbeddedEngine
from server.store.engine import Database
from tests.store.programs import BINDING
from tests.support.clock import ManualClock
from tests.support.processes import Process

KILOBYTE = 1024
CHECKPOINTS = 20
ROUNDS = int(os.environ.get("SPECTRON_ROUNDS", "3"))


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "a folder" / "störe"


@pytest.fixture
async def engine(store: Path) -> AsyncIterator[EmbeddedEngine]:
    async with EmbeddedEngine(store, SystemClock(), checkpoint_bytes=64 * KILOBYTE) as engine:
        await engine.create_database(BINDING)
        yield engine


async def numbers(engine: EmbeddedEngine) -> list[int]:
    (found,) = await engine.read(BINDING, "SELECT VALUE n FROM thing ORDER BY n")
    return list(found)


async def read_for_ever(engine: EmbeddedEngine) -> None:
    while True:
        await engine.ping()


def size_of(store: Path) -> int:
    return sum(file.stat().st_size for file in store.rglob("*") if file.is_file())


@pytest.mark.parametrize("text", ["CREATE thing:1", "RETURN 1"])
async def test_who_is_still_at_work_in_a_dropped_database_does_not_make_it_again(
    engine: EmbeddedEngine, text: str
) -> None:
    await engine.drop_database(BINDING)
    for work in (engine.read, engine.write, engine.execute):
        with pytest.raises(ContextNotFoundError, match="was deleted"):
            await work(BINDING, text)
    assert await engine.databases(BINDING.namespace) == set()
    await engine.create_database(BINDING)
    await engine.write(BINDING, text)


class TestCheckpoints:
    async def test_under_readers_and_writers_lose_nothing_and_fail_nothing(self, engine: EmbeddedEngine) -> None:
        written: list[int] = []
        other = Database(engine, Binding("globex", "prod"))
        await engine.create_database(other.binding)
        await other.write("CREATE counter:1 SET n = 0")

        async def write(start: int) -> None:
            number = start
            while engine.stats.checkpoints < CHECKPOINTS:
                await engine.write(BINDING, "CREATE thing SET n = $n, b = $b", {"n": number, "b": bytes(5 * KILOBYTE)})
                await other.write("UPDATE counter:1 SET n += 1")
                written.append(number)
                number += 8

        async def read() -> None:
            seen = 0
            while engine.stats.checkpoints < CHECKPOINTS:
                known = len(written)
                found = await numbers(engine)
                assert known <= len(found) >= seen
                seen = len(found)

        await engine.write(BINDING, "CREATE thing SET n = -1")
        await asyncio.gather(*(write(start) for start in range(8)), *(read() for _ in range(4)))

        assert await numbers(engine) == [-1, *sorted(written)]
        assert await other.rows("SELECT * OMIT id FROM counter") == [{"n": len(written)}]

    async def test_keep_the_log_short(self, engine: EmbeddedEngine) -> None:
        for _ in range(100):
            await engine.write(BINDING, "CREATE thing SET b = $b", {"b": bytes(10 * KILOBYTE)})
            assert engine.wal_bytes < 3 * 64 * KILOBYTE

        assert engine.stats.checkpoints >= 10
        assert engine.stats.last_checkpoint_seconds > 0

    async def test_can_be_asked_for(self, engine: EmbeddedEngine) -> None:
        await engine.write(BINDING, "CREATE thing SET n = 1, b = $b", {"b": bytes(10 * KILOBYTE)})
        assert engine.wal_bytes > 10 * KILOBYTE

        await asyncio.gather(*(engine.checkpoint() for _ in range(3)))

        assert engine.wal_bytes < KILOBYTE
        assert engine.stats.checkpoints == 3
        assert await numbers(engine) == [1]

    async def test_are_nothing_in_memory(self) -> None:
        async with EmbeddedEngine(None, SystemClock(), checkpoint_bytes=1) as engine:
            await engine.write(BINDING, "CREATE thing SET n = 1")
            await engine.checkpoint()

            assert engine.stats.checkpoints == 0
            assert engine.wal_bytes == 0
            assert await numbers(engine) == [1]

    async def test_survive_a_caller_who_is_cancelled(self, engine: EmbeddedEngine) -> None:
        asking = asyncio.create_task(engine.checkpoint())
        await asyncio.sleep(0)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking

        await engine.write(BINDING, "CREATE thing SET n = 1")
        assert await numbers(engine) == [1]

    async def test_wait_for_a_long_query_only_when_they_must(self, store: Path) -> None:
        clock = ManualClock()
        async with EmbeddedEngine(store, clock, checkpoint_bytes=256 * KILOBYTE) as engine:
            await engine.create_database(BINDING)
            long = asyncio.create_task(engine.read(BINDING, "SLEEP 2s; RETURN 'done'"))

            async def write_until_log_has(size: int) -> None:
                while engine.wal_bytes < size:
                    await engine.write(BINDING, "CREATE thing SET b = $b", {"b": bytes(8 * KILOBYTE)})

            await write_until_log_has(300 * KILOBYTE)
            assert not long.done()
            assert engine.stats.checkpoints == 0
            assert len(clock.sleeps) == 1

            await write_until_log_has(500 * KILOBYTE)
            assert not long.done()
            assert engine.stats.checkpoints == 0
            assert len(clock.sleeps) <= 4

            while engine.stats.checkpoints == 0:
                await engine.write(BINDING, "CREATE thing SET b = $b", {"b": bytes(8 * KILOBYTE)})
            assert await long == [None, "done"]

    async def test_that_cannot_reopen_the_store_refuse_queries_until_they_can(
        self, engine: EmbeddedEngine, store: Path
    ) -> None:
        await engine.write(BINDING, "CREATE thing SET n = 1")
        await engine.checkpoint()
        tables = {file: file.read_bytes() for file in (store / "sstables").iterdir()}
        for file in tables:
            file.write_bytes(b"not a table")

        failing = asyncio.create_task(engine.checkpoint())
        with pytest.raises(UnavailableError, match="not open"):
            await read_for_ever(engine)
        for file, content in tables.items():
            file.write_bytes(content)
        await failing

        assert await numbers(engine) == [1]


async def test_in_memory_no_update_is_lost_either() -> None:
    async def increment(engine: EmbeddedEngine) -> None:
        for _ in range(20):
            await engine.write(BINDING, "UPSERT counter:1 SET n += 1")

    for _ in range(ROUNDS):
        async with EmbeddedEngine(None, SystemClock()) as engine:
            await engine.create_database(BINDING)
            await asyncio.gather(*(increment(engine) for _ in range(32)))

            assert await engine.read(BINDING, "SELECT VALUE n FROM counter") == [[640]]


class TestFiles:
    async def test_of_another_process_are_left_alone(self, store: Path, tmp_path: Path) -> None:
        arguments = ["leave_when_told", str(store)]
        with Process.python("tests.store.programs", *arguments, log=tmp_path / "log") as owner:
            owner.wait_for("working")

            # The owner checkpoints many times a second, each time without the engine's own lock for a moment.
            for _ in range(200 * ROUNDS):
                with pytest.raises(UnavailableError, match=r"in use by another process.*data directory of its own"):
                    await EmbeddedEngine(store, SystemClock()).open()

            assert owner.stop() == 0
        async with EmbeddedEngine(store, SystemClock()) as engine:
            assert await engine.databases("acme") == {"prod"}

    @pytest.mark.parametrize("folder", ["manifest", "sstables", "wal"])
    async def test_that_are_damaged_are_not_opened(self, store: Path, folder: str) -> None:
        async with EmbeddedEngine(store, SystemClock()) as engine:
            await engine.write(BINDING, "CREATE thing SET n = 1")
        for file in (store / folder).iterdir():
            file.write_bytes(b"garbage" * 100)
        if folder == "wal":
            (store / folder / "00000000000000000009.wal").write_bytes(b"garbage" * 10_000)

        with pytest.raises(UnavailableError, match=r"cannot be opened.*restore the last backup"):
            await EmbeddedEngine(store, SystemClock()).open()

    async def test_without_their_manifest_are_not_taken_for_a_new_store(self, store: Path) -> None:
        async with EmbeddedEngine(store, SystemClock()) as engine:
            await engine.write(BINDING, "CREATE thing SET n = 1")
        for file in (store / "manifest").iterdir():
            file.unlink()

        with pytest.raises(UnavailableError, match="manifest is missing"):
            await EmbeddedEngine(store, SystemClock()).open()

    @pytest.mark.parametrize("name", ["a file/store", "what?/store"])
    async def test_in_impossible_places_are_refused(self, tmp_path: Path, name: str) -> None:
        (tmp_path / "a file").write_text("not a folder")

        with pytest.raises(UnavailableError, match="store"):
            await EmbeddedEngine(tmp_path / name, SystemClock()).open()

    async def test_are_for_their_owner_only(self, engine: EmbeddedEngine, store: Path) -> None:
        await engine.ping()

        assert stat.filemode(os.stat(store).st_mode) == "drwx------"  # noqa: PTH116  # the async rule forbids the other


class TestProcesses:
    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    async def test_close_cleanly_when_told_to_leave(self, store: Path, tmp_path: Path, number: signal.Signals) -> None:
        for _ in range(ROUNDS):
            with Process.python("tests.store.programs", "leave_when_told", str(store), log=tmp_path / "log") as program:
                program.wait_for("working")
                assert program.stop(number) == 0, program.output

        assert size_of(store / "wal") == 0

    async def test_close_cleanly_on_an_error(self, store: Path, tmp_path: Path) -> None:
        for _ in range(ROUNDS):
            with Process.python("tests.store.programs", "fail", str(store), log=tmp_path / "log") as program:
                assert program.wait() == 1, program.output
                assert "something the program did not expect" in program.output

        async with EmbeddedEngine(store, SystemClock()) as engine:
            assert set(await numbers(engine)) <= set(range(20))

    async def test_close_cleanly_on_a_keyboard_interrupt(self, store: Path, tmp_path: Path) -> None:
        for _ in range(ROUNDS):
            with Process.python("tests.store.programs", "interrupted", str(store), log=tmp_path / "log") as program:
                program.wait_for("working")
                assert program.stop(signal.SIGINT) == -signal.SIGINT, program.output
                assert "KeyboardInterrupt" in program.output

    async def test_killed_while_writing_keep_every_acknowledged_row(self, store: Path, tmp_path: Path) -> None:
        acknowledged = 0
        for attempt in range(ROUNDS):
            log = tmp_path / f"log-{attempt}"
            with Process.python("tests.store.programs", "acknowledge", str(store), log=log) as program:
                program.wait_for(f"wrote {200 + 37 * attempt}\n")
                program.kill()
                lines = program.output.splitlines(keepends=True)
            acknowledged += sum(line.startswith("wrote") and line.endswith("\n") for line in lines)

            async with EmbeddedEngine(store, SystemClock()) as engine:
                found = await numbers(engine)

            # Each of the writers may have had one row stored that it could no longer tell about.
            assert acknowledged <= len(found) <= acknowledged + 4 * (attempt + 1)
            acknowledged = len(found)

    @pytest.mark.parametrize("cut", [1, 300])
    async def test_killed_twice_keep_what_was_acknowledged_after_a_torn_log(
        self, store: Path, tmp_path: Path, cut: int
    ) -> None:
        acknowledged = []
        for attempt in range(3):
            log = tmp_path / f"log-{attempt}"
            with Process.python("tests.store.programs", "acknowledge", str(store), log=log) as program:
                program.wait_for("wrote 20\n")
                program.kill()
                lines = program.output.splitlines(keepends=True)
            acknowledged.append(sum(line.startswith("wrote") and line.endswith("\n") for line in lines))
            if attempt == 0:
                (last,) = (store / "wal").iterdir()
                os.truncate(last, last.stat().st_size - cut)

        async with EmbeddedEngine(store, SystemClock()) as engine:
            found = await numbers(engine)
        # The row whose record was torn is gone.
        assert len(found) >= sum(acknowledged) - 1

    @pytest.mark.slow
    @pytest.mark.timeout(600)
    async def test_write_gigabytes_in_bounded_memory_and_log(self, store: Path, tmp_path: Path) -> None:
        with Process.python("tests.store.programs", "fill", str(store), "3072", log=tmp_path / "log") as program:
            code = program.wait(600)
            found = program.wait_for(r"grew (\d+) MB, log (\d+) MB, checkpoints (\d+), whole (\w+)")

        grown, log, checkpoints = (int(figure) for figure in found.groups()[:3])
        assert code == 0
        assert found.group(4) == "True"
        assert grown < 512
        assert log < 128
        assert checkpoints >= 3072 // 128
        assert size_of(store) < 1024 * KILOBYTE * KILOBYTE

    async def test_read_much_in_bounded_memory_and_forget_it(self, store: Path, tmp_path: Path) -> None:
        with Process.python("tests.store.programs", "scan", str(store), "192", log=tmp_path / "log") as program:
            assert program.wait(100) == 0
            found = program.wait_for(r"grew (-?\d+) MB, left (-?\d+) MB, whole (\w+)")
        grown, left = (int(figure) for figure in found.groups()[:2])
        assert found.group(3) == "True"
        assert grown < 112
        assert left < 64
