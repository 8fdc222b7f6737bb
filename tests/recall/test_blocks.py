"""Prompt blocks over HTTP: the conversation, what was told to be done, what is known, all within a budget."""

from tests.recall.memory import BASE, Memory, checked

ALICE = {"user": "alice"}
BOB = {"user": "bob"}


async def talk(memory: Memory, *lines: str) -> str:
    """A conversation of Alice's; its id."""
    messages = [{"role": ("user", "assistant")[number % 2], "content": text} for number, text in enumerate(lines)]
    answer = await memory.post("facts/batch", {"messages": messages, "infer": "none", "scope": ALICE})
    return str(answer["session_id"])


async def test_a_session_is_told_in_order_with_what_is_known_beyond_it(memory: Memory) -> None:
    await memory.tell("The red boat lies in the harbour.", ALICE)
    session = await talk(memory, "Hello there", "Good morning", "Where is the red boat?")
    answer = await memory.post(f"sessions/{session}/context", {"scope": ALICE})
    text = answer["context"]
    assert text.index("Hello there") < text.index("Good morning") < text.index("Where is the red boat?")
    assert "harbour" in text
    assert text.count("Where is the red boat?") == 1
    read = checked(await memory.app.http.get(f"{BASE}/sessions/{session}/context", params={"query": "boat"}))
    assert "harbour" in read["context"]


async def test_no_other_scope_reads_a_session(memory: Memory) -> None:
    session = await talk(memory, "A secret")
    agent = await memory.app.agent(scope_floor=BOB)
    for answer in (
        await agent.get(f"{BASE}/sessions/{session}/context"),
        await agent.post(f"{BASE}/sessions/unknown/context", json={}),
    ):
        assert answer.status_code == 404
        assert "A secret" not in answer.text


async def test_instructions_come_first_and_only_while_they_hold(memory: Memory) -> None:
    await memory.tell("Always answer in French.", ALICE, infer="full")
    await memory.tell("The boat is red.", ALICE)
    text = (await memory.post("context", {"query": "red boat", "scope": ALICE}))["context"]
    assert text.startswith("## What you were told to do")
    assert "French" in text.splitlines()[1]
    assert "French" not in (await memory.post("context", {"query": "red boat", "scope": BOB}))["context"]


async def test_a_block_stays_within_its_budget_and_says_what_it_rests_on(memory: Memory) -> None:
    for number in range(30):
        await memory.tell(f"The boat number {number} is red and lies in the harbour of the old town.", ALICE)
    small = await memory.post("context", {"query": "red boat", "scope": ALICE, "max_tokens": 64})
    large = await memory.post("context", {"query": "red boat", "scope": ALICE, "max_tokens": 4000})
    assert small["tokens"] <= 64
    assert small["truncated"]
    assert 0 < len(small["sources"]) < len(large["sources"])
    assert len(small["sources"]) == small["context"].count("harbour")
