"""What narrows a question over HTTP: kinds, labels, sessions, times, thresholds, scopes, and what is said of it."""

from typing import Any

import pytest

from tests.recall.memory import Memory

ALICE = {"org": "acme", "user": "alice"}
BOB = {"org": "acme", "user": "bob"}
BOAT = "The boat is red."


async def test_include_chooses_between_facts_and_passages(memory: Memory) -> None:
    await memory.know("Quirin", "occupation", "baker", ALICE)
    await memory.tell("Quirin painted the boat.", ALICE)
    question = "What of the baker Quirin and the boat?"
    both = await memory.ask(question, ALICE)
    assert {hit["source"] for hit in both["hits"]} == {"fact", "turn"}
    for included, source in (("facts", "fact"), ("passages", "turn")):
        hits = (await memory.ask(question, ALICE, include=[included]))["hits"]
        assert {hit["source"] for hit in hits} == {source}
    assert {hit["source"] for hit in (await memory.ask(question, ALICE, source="memory"))["hits"]} == {"turn"}
    assert "Quirin" in both["seed_entities"]


async def test_labels_must_all_be_there(memory: Memory) -> None:
    await memory.tell(BOAT, ALICE, labels=["a=1", "b=2"])
    await memory.tell("The boat is blue.", ALICE, labels=["a=1"])
    assert len(await memory.texts("boat", ALICE, labels=["a=1"])) == 2
    assert await memory.texts("boat", ALICE, labels=["a=1", "b=2"]) == [BOAT]
    assert await memory.texts("boat", ALICE, labels=["c=3"]) == []


async def test_a_session_is_all_that_counts_when_it_is_named(memory: Memory) -> None:
    told = await memory.tell(BOAT, ALICE)
    await memory.tell("The boat is blue.", ALICE)
    assert await memory.texts("boat", ALICE, session_id=told["session_id"]) == [BOAT]
    assert await memory.texts("boat", ALICE, session_id="unknown") == []


async def test_times_bound_what_was_said(memory: Memory) -> None:
    batch = {
        "messages": [
            {"role": "user", "content": "The boat was red.", "ts": "2025-01-01T00:00:00Z"},
            {"role": "user", "content": "The boat was blue.", "ts": "2025-06-01T00:00:00Z"},
        ],
        "infer": "none",
        "scope": ALICE,
    }
    await memory.post("facts/batch", batch)
    red, blue = "The boat was red.", "The boat was blue."
    assert set(await memory.texts("boat", ALICE)) == {red, blue}
    assert await memory.texts("boat", ALICE, valid_until="2025-06-01T00:00:00Z") == [red]
    assert await memory.texts("boat", ALICE, valid_from="2025-06-01T00:00:00Z") == [blue]
    assert await memory.texts("boat", ALICE, as_of="2025-03-01T00:00:00Z") == [red]
    assert await memory.texts("boat", ALICE, at_instant="2025-12-01T00:00:00Z") == [], "nothing was stored by then"


async def test_a_fact_is_that_of_the_time_that_is_asked_about(memory: Memory) -> None:
    await memory.know("Quirin", "location", "Lisbon", ALICE)
    moved_at = memory.app.clock.now()
    memory.app.clock.advance(86_400)
    await memory.know("Quirin", "location", "Oslo", ALICE)
    now = await memory.ask("Where does Quirin live?", ALICE)
    then = await memory.ask("Where does Quirin live?", ALICE, as_of=moved_at.isoformat())
    assert (now["tier"], [hit["value"] for hit in now["hits"]]) == ("direct", ["Oslo"])
    assert (then["tier"], [hit["value"] for hit in then["hits"]]) == ("direct", ["Lisbon"])


async def test_no_hit_is_below_the_threshold(memory: Memory) -> None:
    await memory.tell(BOAT, ALICE)
    await memory.tell("Nothing of that kind at all.", ALICE)
    scores = [hit["score"] for hit in (await memory.ask("the red boat", ALICE))["hits"]]
    assert len(scores) == 2
    middle = sum(scores) / 2
    assert await memory.texts("the red boat", ALICE, threshold=middle) == [BOAT]
    assert await memory.texts("the red boat", ALICE, threshold=1) == []


async def test_a_wider_scope_sees_narrower_ones_and_general_knowledge_is_everybodys(memory: Memory) -> None:
    await memory.tell("Alice's boat", ALICE)
    await memory.tell("Acme's boat", {"org": "acme"})
    await memory.tell("Everybody's boat")
    assert set(await memory.texts("boat", ALICE)) == {"Alice's boat", "Everybody's boat"}
    assert set(await memory.texts("boat", {"org": "acme"})) == {"Alice's boat", "Acme's boat", "Everybody's boat"}
    assert set(await memory.texts("boat", BOB)) == {"Everybody's boat"}
    merged = await memory.texts("boat", ALICE, scope_view="merged")
    assert set(merged) == {"Alice's boat", "Acme's boat", "Everybody's boat"}
    assert "Alice's boat" not in await memory.texts("boat", BOB, scope_view="merged")


@pytest.mark.parametrize(
    ("question", "tier", "reason"),
    [
        ("Where does Quirin live?", "direct", "location of Quirin is a known fact"),
        ("red boat", "hybrid", "passages"),
        ("Give me an overview of everything.", "full_context", "overview"),
        ("xylophone", "full_context", "word of the question"),
    ],
)
async def test_every_tier_says_why(memory: Memory, question: str, tier: str, reason: str) -> None:
    await memory.know("Quirin", "location", "Lisbon", ALICE)
    await memory.tell(BOAT, ALICE)
    answer = await memory.ask(question, ALICE)
    assert answer["tier"] == answer["trace"]["tier"] == tier
    assert reason.casefold() in answer["tier_reason"].casefold()
    if tier != "direct":
        again = await memory.ask(question, ALICE)
        assert again["tier"] == "cache"
        assert tier in again["tier_reason"]
        assert [hit["id"] for hit in again["hits"]] == [hit["id"] for hit in answer["hits"]]
        assert (await memory.ask(question, ALICE, bypass_cache=True))["tier"] == tier


async def test_the_cache_can_be_switched_off_and_told_what_is_alike(memory: Memory) -> None:
    await memory.tell(BOAT, ALICE)
    tiers: list[Any] = []
    for cache in ({"semantic_ttl_seconds": 0}, {"semantic_ttl_seconds": 60}, {"semantic_threshold": 0.0}):
        patched = await memory.app.http.patch("/api/v1/contexts/acme", json={"config": {"cache": cache}})
        assert patched.status_code == 200, patched.text
        await memory.ask("what of the red boat?", ALICE)
        tiers.append((await memory.ask("what of the red boat?", ALICE))["tier"])
    assert tiers == ["hybrid", "cache", "cache"]
    assert (await memory.ask("what is painted like that?", ALICE))["tier"] == "cache"
    memory.app.clock.advance(61)
    assert (await memory.ask("what of the red boat?", ALICE))["tier"] == "hybrid"


async def test_k_bounds_the_hits_of_both_kinds_together(memory: Memory) -> None:
    for number in range(6):
        await memory.tell(f"The boat has number {number}.", ALICE)
        await memory.know("Boat", f"number_{number}", "red", ALICE)
    for k in (1, 4):
        assert len((await memory.ask("the boat number", ALICE, k=k))["hits"]) == k
        assert len((await memory.ask("an overview of everything", ALICE, k=k))["hits"]) == k
