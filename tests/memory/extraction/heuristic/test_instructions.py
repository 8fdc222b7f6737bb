import pytest

from tests.memory.extraction.heuristic.reading import Reader, facts


@pytest.mark.parametrize(
    "text",
    [
        "Always answer in French.",
        "Please never use emojis",
        "From now on, call me Captain.",
        "Keep your replies short.",
        "Whenever I ask for code, use Python.",
        "You should always cite your sources.",
        "Stop apologising.",
        "Don't suggest places with shellfish.",
        "I want you to always double-check dates.",
        "Respond only in lowercase.",
        "Going forward, all dates should be ISO.",
        "No bullet points please.",
    ],
)
async def test_standing_directives(reader: Reader, text: str) -> None:
    extraction = await reader.read(text)
    (instruction,) = extraction.instructions
    assert instruction.description == text.rstrip(".")
    assert 0 < len(instruction.label) < 60


@pytest.mark.parametrize(
    "text",
    [
        "Write me a poem about rain.",
        "Remind me to call the plumber tomorrow.",
        "Call me back at 555-0134.",
        "I always take the train.",
        "Never mind.",
        "Never give up!",
        "Always happy to help.",
        "My mother always answered letters.",
        "In the future I want to live in Spain.",
        "Do you have any ideas for future projects?",
        "Translate this into Polish: good morning.",
    ],
)
async def test_single_requests_and_remarks_are_none(reader: Reader, text: str) -> None:
    assert (await reader.read(text)).instructions == ()


async def test_how_to_be_called_is_a_name_too(reader: Reader) -> None:
    assert facts(await reader.read("Please call me Lexi.")) == {"user nickname Lexi"}


async def test_assistants_and_tools_give_no_instructions(reader: Reader) -> None:
    assert (await reader.read("Always answer in French.", role="assistant")).instructions == ()
    assert (await reader.read("Always answer in French.", role="tool")).instructions == ()
    assert len((await reader.read("Always answer in French.", role="system")).instructions) == 1
