"""Measures the facts about the engine that the design rests on; run it again whenever the pinned version moves.

`python benchmarks/engine_facts.py [--quick]` prints one line a fact as soon as it is known. The quick form uses less
data and fewer rounds, and leaves out what takes minutes.
"""

import argparse
import asyncio
import contextlib
import io
import os
import sys
import tempfile
from collections.abc import AsyncGenerator
from importlib.metadata import version
from pathlib import Path

import structlog
from engine_facts_cost import cost_facts
from engine_facts_process import process_facts
from engine_facts_search import search_facts
from engine_facts_store import store_facts
from engine_facts_wire import wire_facts

WIDTH = 62


async def measure(folder: Path, *, quick: bool) -> AsyncGenerator[tuple[str, str], None]:
    for number, section in enumerate((store_facts, process_facts, cost_facts, search_facts, wire_facts)):
        place = folder / str(number)
        place.mkdir()
        async for fact in section(place, quick=quick):
            yield fact


async def main(*, quick: bool) -> None:
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(io.StringIO()))
    print(f"surrealdb {version('surrealdb')} embedded, {os.cpu_count()} cores{', quick' if quick else ''}\n")
    with tempfile.TemporaryDirectory() as name:
        async with contextlib.aclosing(measure(Path(name), quick=quick)) as facts:
            async for fact, figure in facts:
                print(f"{fact:<{WIDTH}}  {figure}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="less data, fewer rounds, nothing that takes minutes")
    asyncio.run(main(quick=parser.parse_args().quick))
    sys.stdout.flush()
