"""Ten years of writing and sweeping, with leap days, clocks that jump, and sweeps that are missed."""

import os
import random
from datetime import UTC, datetime, timedelta

import pytest

from server.control.audit import SYSTEM
from server.retention.cleaning import Wanted
from tests.retention.conftest import Memory
from tests.retention.model import Policies, Promise, Record, doomed
from tests.retention.world import World, names, store
from tests.support.clock import FakeClock, ManualClock

BEGIN = datetime(2027, 12, 30, 22, tzinfo=UTC)
END = datetime(2038, 1, 20, tzinfo=UTC)
STEPS = int(os.environ.get("SPECTRON_ROUNDS", "40"))
POLICIES = Policies(
    [
        Promise(frozenset({("org", "a")}), "context", timedelta(days=365)),
        Promise(frozenset({("org", "a"), ("user", "x")}), "context", timedelta(days=730)),
        Promise(frozenset(), "knowledge", timedelta(days=1461)),
        Promise(frozenset({("agent", "m")}), "unknowns", None),
    ],
    retention_days=29,
)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(BEGIN)


@pytest.mark.timeout(120 + 2 * STEPS)
async def test_ten_years(memory: Memory) -> None:
    clock = ManualClock(BEGIN)
    sweeper = memory.sweeper(await memory.under(POLICIES), clock=clock)
    alive: dict[str, Record] = {}
    for step, moment in enumerate(moments()):
        clock.advance((moment - clock.now()).total_seconds())
        assert clock.now() == moment
        if step % 2 == 0:
            written = World(step, now=moment, size=4, prefix=f"{step:04}").records
            await store(memory.database, written)
            alive |= {record.name: record for record in written}
        expected = doomed(alive.values(), POLICIES, moment)
        done = await sweeper.sweep(Wanted(frozenset({"acme"})), SYSTEM)
        assert done.deleted_count == len(expected), moment
        alive = {name: record for name, record in alive.items() if name not in expected}
        assert await names(memory.database) == set(alive), moment
    assert alive


def moments() -> list[datetime]:
    """Days across ten years and around their leap days, not in order where the clock is set back."""
    draw = random.Random(2)
    days = [BEGIN + (END - BEGIN) * (step / STEPS) for step in range(STEPS)]
    leaps = [
        datetime(year, 2, 28, 23, tzinfo=UTC) + timedelta(hours=hour)
        for year in (2028, 2032, 2036)
        for hour in (0, 2, 26)
    ]
    epoch_of_32_bits = [datetime(2038, 1, 19, 3, 14, second, tzinfo=UTC) for second in (7, 8)]
    ordered = sorted([*days, *leaps, *epoch_of_32_bits])
    return [moment - timedelta(days=400) if draw.random() < 0.1 else moment for moment in ordered]
