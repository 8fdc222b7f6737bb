"""How fast a Context is exported and imported, beside the engine's own text of the same rows, and who waits for it.

    python benchmarks/backup.py [--rows 2000] [--rounds 2] [--restore-mb 0]

The embedded engine has no export call of its own, so what stands for it is what such a call consists of: the engine's
own rendering of rows as text, 1000 at a time, and that text run again, statement by statement, on the same schema. All
rates are megabytes of that text a second, whatever a dump makes of it, so that they can be compared.

With `--restore-mb 1000` a Context of that size, as the engine's text, is restored from a dump in a file, and compared.
"""

import argparse
import asyncio
import resource
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import numpy as np

from server.core.clock import SystemClock
from server.core.ids import Ids
from server.store.binding import Binding
from server.store.dumps.exporting import Exporter, Source
from server.store.dumps.literals import with_sets
from server.store.dumps.loading import Loader
from server.store.dumps.marks import Form
from server.store.embedded import REST_SECONDS, EmbeddedEngine
from server.store.migrations import Migrator, load
from server.store.vectors import encode

BINDING = Binding("bench", "prod")
OTHER = Binding("bench", "other")
FORMS: tuple[Form, ...] = ("blocks", "literals")
TEXT = "The harbour of Lisbon opens at nine, and whoever comes late waits for the next tide or for a friend. " * 6
BATCH = 50
NATIVE_BATCH = 1000
MEGABYTE = 1_000_000
FILL = {
    "turn": "CREATE type::record('turn', $row.id) SET session = session:s, role = 'user', content = $row.text, "
    "seq = $row.number, scope = <set>[scope_attribute:['org', 'acme']] RETURN NONE",
    "memory_chunk": "CREATE type::record('memory_chunk', $row.id) SET session = session:s, text = $row.text, "
    "embedding = encoding::cbor::decode($row.vector), scope = <set>[scope_attribute:['org', 'acme']] RETURN NONE",
}
READ = "SELECT role, content FROM turn LIMIT 20"
WRITE = "CREATE instruction SET label = 'a', description = $text, scope = <set>[] RETURN NONE"


async def main(rows: int, rounds: int, restore_mb: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        clock = SystemClock()
        async with EmbeddedEngine(Path(folder) / "store", clock) as engine:
            bench = Bench(engine, Migrator(engine, clock), Exporter(engine, clock, Ids(), version="0"))
            await bench.fill(rows)
            await bench.rates(rounds)
            await bench.pauses()
            if restore_mb:
                await bench.restore(restore_mb, Path(folder) / "dump.surql")
        await asyncio.sleep(REST_SECONDS)


class Bench:
    def __init__(self, engine: EmbeddedEngine, migrator: Migrator, exporter: Exporter) -> None:
        self.engine = engine
        self.migrator = migrator
        self.exporter = exporter

    async def fill(self, rows: int, *, first: int = 0) -> None:
        await self.engine.create_database(BINDING)
        await self.migrator.apply(BINDING, load("context"))
        random = np.random.default_rng(7)
        for statement in FILL.values():
            for start in range(first, rows, BATCH):
                made = [
                    {
                        "id": f"r{number:08d}",
                        "number": number,
                        "text": f"{number} {TEXT}",
                        "vector": encode(random.standard_normal(1536).astype(np.float32)),
                    }
                    for number in range(start, start + BATCH)
                ]
                await self.engine.write(BINDING, f"FOR $row IN $rows {{ {statement} }}", {"rows": made})

    async def rates(self, rounds: int) -> None:
        times: dict[str, list[float]] = {}
        processor: dict[str, list[float]] = {}
        native: list[tuple[str, str]] = []
        dumps: dict[Form, list[bytes]] = {}

        async def timed(name: str, work: Callable[[], Awaitable[Any]]) -> Any:
            began, worked = time.perf_counter(), processor_seconds()
            result = await work()
            times.setdefault(name, []).append(time.perf_counter() - began)
            processor.setdefault(name, []).append(processor_seconds() - worked)
            return result

        for _ in range(rounds):
            native = await timed("export, engine", self.native_text)
            for form in FORMS:
                dumps[form] = await timed(f"export, {form}", lambda form=form: self.dumped(form))  # type: ignore[misc]
            await self.fresh()
            repaired = [(table, with_sets(text)) for table, text in native]
            await timed("import, engine", lambda repaired=repaired: self.native_import(repaired))  # type: ignore[misc]
            for form in FORMS:
                await timed(f"import, {form}", lambda form=form: self.loaded(dumps[form]))  # type: ignore[misc]
        size = sum(len(text.encode()) for _, text in native)
        print(f"{size / MEGABYTE:.1f} MB as the engine's text; dumps: ", end="")
        print(", ".join(f"{form} {sum(map(len, dumps[form])) / MEGABYTE:.1f} MB" for form in FORMS))
        print(f"{'':<18}{'seconds':>9}{'MB/s':>8}{'of the engine':>15}{'CPU s':>8}{'of the engine':>15}")
        for name, took in times.items():
            seconds = statistics.median(took)
            cpu, engine = statistics.median(processor[name]), f"{name.partition(',')[0]}, engine"
            beside, spent = statistics.median(times[engine]) / seconds, statistics.median(processor[engine]) / cpu
            rate = size / MEGABYTE / seconds
            print(f"{name:<18}{seconds:>9.2f}{rate:>8.1f}{beside:>15.2f}{cpu:>8.2f}{spent:>15.2f}")

    async def pauses(self) -> None:
        """One writer and one reader, alone and during an export; a pause is the time of a statement."""
        print(f"\n{'statements':<26}{'per s':>8}{'median ms':>11}{'99 % ms':>9}{'longest ms':>12}")
        alone = asyncio.Event()
        asyncio.get_running_loop().call_later(5.0, alone.set)
        await self.used_until("alone", alone)
        for form in FORMS:
            done = asyncio.Event()
            using = asyncio.create_task(self.used_until(f"export, {form}", done))
            await self.dumped(form)
            done.set()
            await using

    async def used_until(self, name: str, done: asyncio.Event) -> None:
        async def write() -> None:
            await self.engine.write(BINDING, WRITE, {"text": TEXT})

        async def read() -> None:
            await self.engine.read(BINDING, READ)

        written, asked = await asyncio.gather(self.repeated(write, done), self.repeated(read, done))
        self.tell(f"{name}: writes", written)
        self.tell(f"{name}: queries", asked)

    async def repeated(self, work: Callable[[], Awaitable[None]], done: asyncio.Event) -> list[float]:
        took = []
        while not done.is_set():
            began = time.perf_counter()
            await work()
            took.append(time.perf_counter() - began)
        return took

    def tell(self, name: str, took: list[float]) -> None:
        late = sorted(took)[int(len(took) * 0.99)]
        figures = [statistics.median(took), late, max(took)]
        print(f"{name:<26}{len(took) / sum(took):>8.0f}{figures[0] * 1000:>11.1f}{figures[1] * 1000:>9.1f}", end="")
        print(f"{figures[2] * 1000:>12.0f}")

    async def restore(self, megabytes: int, file: Path) -> None:
        """A dump that does not fit into memory comes back from a file, into an empty database."""
        text = sum(len(text.encode()) for _, text in await self.native_text())
        rows = (await self.engine.read(BINDING, "RETURN count(SELECT VALUE id FROM turn)"))[-1]
        wanted = rows * megabytes * MEGABYTE // text
        await self.fill(wanted, first=rows)
        with file.open("wb") as dump:
            async for piece in self.exporter.dump(Source(BINDING, "context", "bench"), "blocks"):
                dump.write(piece)
        await self.fresh()
        began = time.perf_counter()
        loaded = await Loader(self.engine, self.migrator).load(OTHER, "context", load("context"), read_pieces(file))
        took = time.perf_counter() - began
        print(
            f"\nrestore of {megabytes} MB of text ({loaded.rows} rows, a dump of {loaded.bytes / MEGABYTE:.0f} MB): ",
            end="",
        )
        print(f"{took:.1f} s, {megabytes / took:.1f} MB/s")

    async def native_text(self) -> list[tuple[str, str]]:
        texts = []
        for table in FILL:
            first, last = "", None
            while True:
                source = f"type::record('{table}', $last>..)" if last else table
                text, last = (
                    await self.engine.read(
                        BINDING,
                        f"LET $page = SELECT * FROM {source} LIMIT {NATIVE_BATCH}; <string>$page;"
                        "RETURN record::id(array::last($page).id ?? turn:none)",
                        {"last": last},
                    )
                )[-2:]
                if last == "none":
                    break
                texts.append((table, first + text))
        return texts

    async def native_import(self, texts: list[tuple[str, str]]) -> None:
        for table, text in texts:
            await self.engine.execute(OTHER, f"OPTION IMPORT; INSERT INTO {table} {text} RETURN NONE")

    async def dumped(self, form: Form) -> list[bytes]:
        return [piece async for piece in self.exporter.dump(Source(BINDING, "context", "bench"), form)]

    async def loaded(self, dump: list[bytes]) -> None:
        async def pieces() -> AsyncIterator[bytes]:
            for piece in dump:
                yield piece

        await Loader(self.engine, self.migrator).load(OTHER, "context", load("context"), pieces())

    async def fresh(self) -> None:
        await self.engine.drop_database(OTHER)
        await self.engine.create_database(OTHER)
        await self.migrator.apply(OTHER, load("context"))


async def read_pieces(file: Path) -> AsyncIterator[bytes]:
    with file.open("rb") as dump:
        while piece := dump.read(1 << 20):
            yield piece


def processor_seconds() -> float:
    """What this process and those it has waited for have used; it tells the same on a busy machine."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=2000, help="rows of each of two tables")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--restore-mb", type=int, default=0, help="also restore a Context of that size")
    arguments = parser.parse_args()
    asyncio.run(main(arguments.rows, arguments.rounds, arguments.restore_mb))
