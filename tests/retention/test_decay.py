"""Facts that matter less with time."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest

from server.core.scope import parse
from server.retention.decay import BATCH, Decay, Faded
from tests.retention.conftest import Memory
from tests.retention.world import NOW


async def remember(memory: Memory, *facts: dict[str, Any], edges: tuple[dict[str, Any], ...] = ()) -> None:
    await memory.database.write(
        """FOR $fact IN $facts { CREATE attribute CONTENT object::extend($fact, { entity: entity:['Thing', 'a'],
            value: 'v', scope: <set>$fact.scope }) RETURN NONE };
        FOR $edge IN $edges { INSERT RELATION INTO relates_to object::extend($edge, { in: entity:['Thing', 'a'],
            out: entity:['Thing', 'b'], scope: <set>$edge.scope }) RETURN NONE }""",
        {"facts": list(facts), "edges": list(edges)},
    )


def fact(key: str, category: str, *, days: float = 0.0, **more: Any) -> dict[str, Any]:
    created = NOW - timedelta(days=days)
    return {"key": key, "memory_category": category, "scope": [], "created_at": created} | more


async def importances(memory: Memory) -> dict[str, float | None]:
    rows = await memory.database.rows("SELECT key, importance FROM attribute")
    return {row["key"]: row.get("importance") for row in rows}


async def test_each_category_loses_its_own_part_a_day(memory: Memory) -> None:
    edge = fact("", "context", days=3) | {"label": "knows"}
    edge.pop("key")
    await remember(
        memory,
        fact("name", "identity", days=3),
        fact("city", "knowledge", days=3),
        fact("mood", "context", days=3.9),
        fact("new", "context", days=0.5),
        edges=(edge,),
    )
    counted = await Decay(memory.clock).catch_up(memory.database)
    assert counted == Counter(
        {Faded("attribute", "knowledge"): 1, Faded("attribute", "context"): 1, Faded("relates_to", "context"): 1}
    )
    assert await importances(memory) == {
        "name": None,
        "city": pytest.approx(0.8 * 0.995**3),
        "mood": pytest.approx(0.5 * 0.95**3),
        "new": None,
    }
    (row,) = await memory.database.rows("SELECT importance FROM relates_to")
    assert row["importance"] == pytest.approx(0.5 * 0.95**3)


async def test_days_are_counted_once_however_often_it_runs(memory: Memory) -> None:
    await remember(memory, fact("mood", "context", days=1.5))
    decay = Decay(memory.clock)
    for hours in (0, 1, 10, 1, 30, 0, 100):
        memory.clock.advance(hours * 3600)
        await decay.catch_up(memory.database)
    days = (1.5 * 24 + 142) // 24
    assert (await importances(memory))["mood"] == pytest.approx(0.5 * 0.95**days)


async def test_a_step_by_hand_comes_on_top(memory: Memory) -> None:
    await remember(memory, fact("mood", "context", days=2, importance=0.9), fact("new", "context"))
    decay = Decay(memory.clock)
    assert (await decay.step(memory.database)).total() == 2
    assert await importances(memory) == {"mood": pytest.approx(0.9 * 0.95), "new": pytest.approx(0.5 * 0.95)}
    await decay.catch_up(memory.database)
    assert await importances(memory) == {"mood": pytest.approx(0.9 * 0.95**3), "new": pytest.approx(0.5 * 0.95)}


async def test_what_has_ended_and_what_lies_outside_is_left_alone(memory: Memory) -> None:
    ended: datetime = NOW - timedelta(days=1)
    attribute = await memory.database.read("RETURN [scope_attribute:['org', 'a']]")
    await remember(
        memory,
        fact("past", "context", days=5, valid_until=ended),
        fact("inside", "context", days=5, scope=attribute[0]),
        fact("outside", "context", days=5),
    )
    assert (await Decay(memory.clock).step(memory.database, parse("org=a"))).total() == 1
    assert await importances(memory) == {"past": None, "inside": pytest.approx(0.475), "outside": None}


async def test_more_than_a_batch(memory: Memory) -> None:
    await remember(memory, *(fact(f"k{number}", "context", days=1) for number in range(BATCH + 3)))
    assert (await Decay(memory.clock).catch_up(memory.database)).total() == BATCH + 3
    assert list((await importances(memory)).values()) == [pytest.approx(0.475)] * (BATCH + 3)
    assert (await Decay(memory.clock).catch_up(memory.database)).total() == 0
