"""How fast a sweep deletes, beside one raw DELETE of the same rows, and what a reader notices of it.

    python benchmarks/sweep.py [--records 100000] [--expire 0.3]

Three Contexts hold the same rows: one is emptied by DELETE statements, one is swept alone, and one is swept while a
reader lists the turns of sessions over HTTP.
"""

import argparse
import asyncio
import itertools
import os
import resource
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import httpx
from surrealdb import RecordID

from server.app import Server
from server.control.audit import SYSTEM
from server.observe import logs
from server.retention.cleaning import Wanted
from server.settings import Settings
from server.store.engine import Database

T = TypeVar("T")

SHARES = {"attribute": 0.45, "turn": 0.3, "instruction": 0.1, "uncertainty": 0.1, "memory_chunk": 0.05}
RAW = """DELETE attribute WHERE memory_category = 'context' AND created_at <= $cut RETURN NONE;
DELETE turn WHERE memory_category = 'context' AND created_at <= $cut RETURN NONE;
DELETE memory_chunk WHERE memory_category = 'context' AND created_at <= $cut RETURN NONE;
DELETE instruction WHERE created_at <= $cut RETURN NONE;
DELETE uncertainty WHERE created_at <= $cut RETURN NONE"""
POLICIES = [
    {"scope": {}, "memory_category": "instructions", "ttl": "7d"},
    {"scope": {}, "memory_category": "unknowns", "ttl": "7d"},
    {"scope": {"org": "acme"}, "memory_category": "context", "ttl": "7d"},
]
INSERT = "INSERT INTO {} (SELECT *, <set>scope AS scope FROM $rows) RETURN NONE"
BATCH = 1000
SESSIONS = 100
READERS_BREAK = 0.01
# Once before the sweep and once after it, so that a machine that gets busier meanwhile is not taken for the sweep.
ALONE_SECONDS = 5
AGAIN = 4
VECTOR = [0.01] * 1536


async def main(records: int, expire: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Settings.model_validate({"data_dir": Path(folder)}))
        await server.start()
        try:
            await measure(server, records, expire)
        finally:
            await server.stop()


async def measure(server: Server, records: int, expire: float) -> None:
    databases = {name: await filled(server, name, records, expire) for name in ("raw", "swept", "watched")}
    cut = {"cut": datetime.now(UTC) - timedelta(days=7)}
    due = int(records * expire)

    memory = resident()
    raw = await timed(lambda: databases["raw"].write(RAW, cut))
    after_raw = resident()
    wanted = Wanted(frozenset({"swept"}))
    dry_run = await timed(lambda: counted(server.retention.sweeper.dry_run(wanted), due))
    after_dry_run = resident()
    real = await timed(lambda: counted(server.retention.sweeper.sweep(wanted, SYSTEM), due))
    after_real = resident()
    print(f"{'':24}{'records/s':>12}{'of raw':>8}{'memory':>12}")
    for name, seconds, grown in (
        ("raw DELETE", raw, after_raw - memory),
        ("dry run", dry_run, after_dry_run - after_raw),
        ("sweep", real, after_real - after_dry_run),
    ):
        print(f"{name:24}{due / seconds:12,.0f}{raw / seconds:8.2f}{grown:+10.0f} MB")

    seen = []
    for _ in range(AGAIN):
        await counted(server.retention.sweeper.dry_run(Wanted(frozenset({"watched"}))), due)
        seen.append(resident())
    steps = ", ".join(f"{after - before:+.0f}" for before, after in itertools.pairwise([after_real, *seen]))
    print(f"memory after each of {AGAIN} more dry runs of as many records: {steps} MB")

    minted: list[str] = []
    await server.first_keys.ensure(minted.append, None)
    transport, headers = httpx.ASGITransport(server.api), {"API-KEY": minted[0]}
    async with httpx.AsyncClient(transport=transport, base_url="http://benchmark", headers=headers) as reader:
        before = await waits(reader, asyncio.sleep(ALONE_SECONDS))
        sweep = server.retention.sweeper.sweep(Wanted(frozenset({"watched"})), SYSTEM)
        before_sweep = resident()
        beside = percentile(await waits(reader, counted(sweep, due)))
        print(f"memory after a second sweep of as many records: {resident() - before_sweep:+.0f} MB")
        alone = percentile(before + await waits(reader, asyncio.sleep(ALONE_SECONDS)))
    times = beside / alone
    print(f"\nreader's p95: alone {alone * 1000:.1f} ms, beside a sweep {beside * 1000:.1f} ms, {times:.2f} times")


async def filled(server: Server, name: str, records: int, expire: float) -> Database:
    """A Context with that many records, of which a part is too old."""
    context = await server.control.contexts.create(name, name, "memory", {"retention": POLICIES}, SYSTEM)
    database = Database(server.engine, context.binding)
    now = datetime.now(UTC)
    sessions = [row("session", number, now, 0) for number in range(SESSIONS)]
    await database.write(INSERT.format("session"), {"rows": sessions})
    for table, share in SHARES.items():
        count = int(records * share)
        for start in range(0, count, BATCH):
            rows = [row(table, number, now, expire) for number in range(start, min(start + BATCH, count))]
            await database.write(INSERT.format(table), {"rows": rows})
    print(f"filled {name}")
    return database


def row(table: str, number: int, now: datetime, expire: float) -> dict[str, Any]:
    old = number % 10 < 10 * expire
    common: dict[str, Any] = {
        "id": RecordID(table, f"{number}" if table == "session" else f"{number:08}"),
        "scope": [
            RecordID("scope_attribute", ["org", "acme"]),
            RecordID("scope_attribute", ["user", f"u{number % 99}"]),
        ],
        "created_at": now - timedelta(days=10 if old else 1, microseconds=number),
    }
    turn, session = RecordID("turn", f"{number:08}"), RecordID("session", f"{number % SESSIONS}")
    own: dict[str, dict[str, Any]] = {
        "session": {},
        "attribute": {
            "entity": RecordID("entity", ["Thing", f"{number % 5000}"]),
            "key": "likes",
            "value": f"thing {number}",
            "source_turn": turn,
        },
        "turn": {"session": session, "role": "user", "content": "We said something of some length.", "seq": number},
        "instruction": {"label": "tone", "description": "Write short sentences.", "source_turn": turn},
        "uncertainty": {"about": "name", "reason": "unclear", "source_turn": turn},
        "memory_chunk": {"session": session, "text": "We said something of some length.", "embedding": VECTOR},
    }
    category = {"memory_category": "context"} if table in {"attribute", "turn", "memory_chunk"} else {}
    return common | category | own[table]


async def waits(reader: httpx.AsyncClient, work: Awaitable[Any]) -> list[float]:
    """How long each request of a reader took that lists turns while something else goes on."""
    found: list[float] = []
    task = asyncio.ensure_future(work)
    while not task.done():
        began = time.perf_counter()
        answer = await reader.get(f"/api/v1/watched/sessions/{len(found) % SESSIONS}/turns?limit=50")
        answer.raise_for_status()
        found.append(time.perf_counter() - began)
        await asyncio.sleep(READERS_BREAK)
    await task
    return found


def percentile(waits: Sequence[float]) -> float:
    """The wait that 95 of 100 requests do not exceed."""
    return sorted(waits)[int(len(waits) * 0.95)]


async def counted(work: Awaitable[Any], due: int) -> None:
    sweep = await work
    if sweep.deleted_count != due or any(context.error for context in sweep.contexts):
        raise SystemExit(f"{sweep.deleted_count} of {due} records: {[context.error for context in sweep.contexts]}")


async def timed(work: Callable[[], Awaitable[Any]]) -> float:
    began = time.perf_counter()
    await work()
    return time.perf_counter() - began


def resident() -> float:
    """Megabytes in memory now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--expire", type=float, default=0.3)
    arguments = parser.parse_args()
    logs.configure("warning", "console")
    asyncio.run(main(arguments.records, arguments.expire))
    os._exit(0)
