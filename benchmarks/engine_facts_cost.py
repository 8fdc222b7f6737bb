"""Facts about the price of a query and of a vector in it."""

import asyncio
import struct
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import numpy as np
from engine_facts_timing import milliseconds

from server.core.clock import SystemClock
from server.store.binding import Binding
from server.store.embedded import EmbeddedEngine

BINDING = Binding("acme", "prod")
WIDTH = 1536


def cbor_vector(vector: np.ndarray[Any, np.dtype[np.float64]]) -> bytes:
    """The vector as a CBOR array of doubles, built without a loop."""
    body = np.empty(len(vector), dtype=[("mark", "u1"), ("value", ">f8")])
    body["mark"] = 0xFB
    body["value"] = vector
    return struct.pack(">BH", 0x99, len(vector)) + body.tobytes()


async def cost_facts(folder: Path, *, quick: bool) -> AsyncGenerator[tuple[str, str], None]:
    rounds = 50 if quick else 300
    async with EmbeddedEngine(folder / "cost", SystemClock()) as engine:
        await engine.write(BINDING, "CREATE thing:1 SET n = 1")
        read = await milliseconds(lambda: engine.read(BINDING, "SELECT * FROM thing:1"), rounds)
        write = await milliseconds(lambda: engine.write(BINDING, "UPSERT thing:2 SET n += 1"), rounds)
        yield "a row read, a row written", f"{read:.2f} ms, {write:.2f} ms"

        together = await milliseconds(
            lambda: asyncio.gather(*(engine.read(BINDING, "SELECT * FROM thing:1") for _ in range(rounds)))
        )
        yield "reads side by side", f"{rounds / together * 1000:.0f} a second"

        vector = np.random.default_rng(1).normal(size=WIDTH)
        floats, encoded = vector.tolist(), cbor_vector(vector)
        as_list = await milliseconds(
            lambda: engine.write(BINDING, "CREATE v SET e = $e RETURN NONE", {"e": floats}), rounds
        )
        as_cbor = await milliseconds(
            lambda: engine.write(BINDING, "CREATE v SET e = encoding::cbor::decode($e) RETURN NONE", {"e": encoded}),
            rounds,
        )
        yield f"a row of {WIDTH} floats written, as a list and as CBOR", f"{as_list:.1f} ms, {as_cbor:.1f} ms"

        await engine.write(BINDING, "CREATE row:1 SET e = encoding::cbor::decode($e)", {"e": encoded})
        as_list = await milliseconds(lambda: engine.read(BINDING, "SELECT e FROM row:1"), rounds)
        as_cbor = await milliseconds(
            lambda: engine.read(BINDING, "SELECT encoding::cbor::encode(e) AS e FROM row:1"), rounds
        )
        yield "the same read", f"{as_list:.1f} ms, {as_cbor:.1f} ms"
