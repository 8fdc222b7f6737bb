"""What a dump costs in memory does not grow with what is in it."""

import random
import re
import subprocess
import sys
from pathlib import Path

import pytest

from server.core.clock import SystemClock
from server.core.ids import Ids
from server.store.binding import Binding
from server.store.dumps.exporting import Exporter, Source
from server.store.embedded import EmbeddedEngine
from tests.store.dumps.world import migrated

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

MEGABYTE = 1024 * 1024
ROW_BYTES = 100_000
FEW, MANY = 48 * MEGABYTE, 256 * MEGABYTE
# Without a bound it grows by more than what is read.
MOST_GROWTH = (MANY - FEW) // 2
MAKE = """FOR $row IN $rows {
    CREATE type::record('session', $row.id) SET scope = <set>[], metadata = { text: $row.text } RETURN NONE }"""


async def fill(engine: EmbeddedEngine, binding: Binding, size: int) -> None:
    await migrated(engine, binding)
    chance = random.Random(5)
    for start in range(0, size // ROW_BYTES, 20):
        rows = [{"id": start + number, "text": chance.randbytes(ROW_BYTES // 2).hex()} for number in range(20)]
        await engine.write(binding, MAKE, {"rows": rows})


def peak(process: str) -> int:
    """The most memory that a process has taken so far; 0 when it has ended."""
    try:
        found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
    except OSError:
        return 0
    return int(found[1]) * 1024 if found else 0


def readers(folder: Path) -> list[str]:
    """The processes that read a copy of a store in a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if b"server.store.dumps.program" in command and str(folder).encode() in command:
            found.append(process.name)
    return found


async def exported(exporter: Exporter, binding: Binding, dump: Path) -> int:
    """Write a dump to a file; the most memory that the process behind it has taken."""
    most = 0
    with dump.open("wb") as file:
        async for piece in exporter.dump(Source(binding, "context", "acme"), "blocks"):
            file.write(piece)
            # It may have ended already; what it wrote is then still on its way.
            most = max([most, *map(peak, readers(dump.parent))])
    return most


def loaded(dump: Path) -> int:
    """Load a dump in a process of its own; the most memory that it has taken."""
    ended = subprocess.run(
        [sys.executable, "-m", "tests.store.dumps.load", str(dump), str(dump.with_suffix(".store"))],
        capture_output=True,
        text=True,
        check=True,
    )
    return int(ended.stdout.splitlines()[-1])


async def test_five_times_the_rows_take_no_more_memory(tmp_path: Path) -> None:
    clock = SystemClock()
    outward, inward = [], []
    async with EmbeddedEngine(tmp_path / "store", clock) as engine:
        exporter = Exporter(engine, clock, Ids(), version="0")
        for size in (FEW, MANY):
            binding, dump = Binding("acme", f"of_{size}"), tmp_path / f"{size}.surql"
            await fill(engine, binding, size)
            outward.append(await exported(exporter, binding, dump))
            assert dump.stat().st_size > size
            inward.append(loaded(dump))

    assert all([*outward, *inward])
    assert outward[1] - outward[0] < MOST_GROWTH, outward
    assert inward[1] - inward[0] < MOST_GROWTH, inward
