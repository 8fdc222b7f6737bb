"""Which policy counts, and what is said of those that do not."""

from datetime import timedelta

from server.core.retention import Policy, policies
from server.core.scope import parse
from server.retention.rules import Rules, rivals
from server.retention.warnings import warnings
from tests.retention.conftest import Memory
from tests.retention.world import World, store


def listed(*given: tuple[object, str, str]) -> tuple[Policy, ...]:
    return policies([{"scope": scope, "memory_category": category, "ttl": ttl} for scope, category, ttl in given])


def test_more_attributes_come_first_then_the_longer_life() -> None:
    rules = Rules(
        listed(
            ({}, "context", "1d"),
            ({"org": "a"}, "context", "2d"),
            ({"org": "b"}, "context", "9d"),
            ({"agent": "m"}, "context", "indefinite"),
            ({"org": "a", "agent": "m"}, "context", "1d"),
            ({"org": "a", "user": "x", "agent": "m"}, "knowledge", "5d"),
        )
    )
    assert [rule.label for rule in rules.of("context")] == [
        "agent=m,org=a: 1d",
        "agent=m: indefinite",
        "org=b: 9d",
        "org=a: 2d",
        "context: 1d",
        "default: 7d",
    ]
    assert [rule.label for rule in rules.of("knowledge")] == ["agent=m,org=a,user=x: 5d", "default: indefinite"]


def test_the_nearest_source_counts() -> None:
    server = [Policy(parse({"org": "a"}), "context", timedelta(days=90), "server")]
    rules = Rules((*server, *listed(({"org": "a"}, "context", "7d"))))
    assert [policy.source for policy in rules.in_force] == ["context"]
    replaced = rules.replacing(policies([], source="api"))
    assert [policy.source for policy in replaced.in_force] == ["server"]


def test_retention_days_are_the_default_of_context_alone() -> None:
    rules = Rules((), 3)
    assert [rules.default(name).ttl for name in ("context", "unknowns")] == [timedelta(days=3), timedelta(days=30)]


def test_rivals_are_equally_specific_and_can_meet_in_one_record() -> None:
    def pairs(*given: tuple[object, str, str]) -> list[set[str]]:
        return [{one.label, other.label} for one, other in rivals(Rules(listed(*given)))]

    a, b, m = ({"org": "a"}, {"org": "b"}, {"agent": "m"})
    assert pairs((a, "context", "1d"), (m, "context", "2d")) == [{"org=a: 1d", "agent=m: 2d"}]
    assert pairs((a, "context", "1d"), (b, "context", "2d")) == []
    assert pairs((a, "context", "1d"), (m, "context", "1d")) == []
    assert pairs((a, "context", "1d"), (m, "unknowns", "2d")) == []
    assert pairs((a, "context", "1d"), ({"agent": "m", "org": "a"}, "context", "2d")) == []


async def test_warnings_name_what_deserves_a_second_look(memory: Memory) -> None:
    world = World(3)
    await store(memory.database, world.records)
    server = [Policy(parse({"org": "a"}), "context", timedelta(days=90), "server")]
    given = listed(
        ({"org": "a"}, "context", "7d"),
        ({"agent": "m"}, "context", "8d"),
        ({"org": "nobody"}, "unknowns", "1d"),
        ({"org": "b", "user": "x"}, "context", "1d"),
        ({}, "instructions", "1d"),
    )
    found = await warnings(memory.database, Rules((*server, *given)), {"instructions": 6, "context": 1, "unknowns": 0})
    assert [(warned.kind, warned.message.split(";")[0].split(".")[0]) for warned in found] == [
        ("overridden", "The policy [org=a context 90d] of the server has no effect: another is nearer"),
        ("equal_specificity", "[agent=m: 8d] and [org=a: 7d] for context are equally specific"),
        ("matches_nothing", "[org=b,user=x: 1d] for context matches no record"),
        ("matches_nothing", "[org=nobody: 1d] for unknowns matches no record"),
        ("empties_category", "Every record of the category instructions would be deleted: 6"),
    ]
