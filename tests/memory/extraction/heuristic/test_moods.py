"""What is stated becomes a fact, what is doubted an uncertainty, what is not meant nothing."""

import pytest

from tests.memory.extraction.heuristic.reading import Reader, facts

FACT = "Bob works at Siemens"


@pytest.mark.parametrize(
    "text",
    [
        f"{FACT}.",
        f"Remember that {FACT}.",
        f"Just so you know, {FACT}.",
        f"I know {FACT}.",
        f"I'm absolutely sure {FACT}.",
        f"{FACT}, and it looks like rain.",
        f"{FACT}, but I might be late.",
    ],
)
async def test_stated(reader: Reader, text: str) -> None:
    extraction = await reader.read(text)
    assert facts(extraction) == {"Bob employer Siemens"}
    assert extraction.uncertainties == ()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"I think {FACT}.", "hedged (think)"),
        (f"Maybe {FACT}.", "hedged (maybe)"),
        (f"{FACT}, I believe.", "hedged (believe)"),
        (f"As far as I know, {FACT}.", "hedged (as far as i know)"),
        (f"I'm not sure if {FACT}.", "the speaker is not sure"),
        (f"I'm not sure whether {FACT}.", "the speaker is not sure"),
        (f"It's possible that {FACT}.", "hedged (possible)"),
        ("Bob might work at Siemens.", "hedged (might)"),
        (f"Alice says {FACT}.", "told as hearsay (Alice says)"),
        (f"I heard {FACT}.", "told as hearsay"),
        (f"Apparently {FACT}.", "told as hearsay (apparently)"),
        (f"According to Alice, {FACT}.", "told as hearsay (according to)"),
    ],
)
async def test_doubted(reader: Reader, text: str, reason: str) -> None:
    extraction = await reader.read(text)
    assert facts(extraction) == set()
    (uncertainty,) = extraction.uncertainties
    assert "Bob" in uncertainty.about
    assert "Siemens" in uncertainty.about
    assert uncertainty.reason.startswith(reason)
    assert "Bob" in {entity.name for entity in extraction.entities}


@pytest.mark.parametrize(
    "text",
    [
        f"Do you know if {FACT}?",
        "Does Bob work at Siemens?",
        f"{FACT}, right?",
        "If Bob worked at Siemens, he'd be rich.",
        f"Imagine {FACT}.",
        f"I wish {FACT}.",
        f"In my novel, {FACT}.",
        f"Suppose {FACT}.",
        f"{FACT}, just kidding.",
        "Bob would work at Siemens.",
        'She said "Bob works at Siemens" twice.',
    ],
)
async def test_not_meant(reader: Reader, text: str) -> None:
    extraction = await reader.read(text)
    assert extraction.attributes == ()
    assert extraction.uncertainties == ()


async def test_a_question_behind_a_statement_leaves_the_statement(reader: Reader) -> None:
    assert facts(await reader.read("My name is Otto, what's yours?")) == {"user name Otto"}
