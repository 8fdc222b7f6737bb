"""The examples of the OpenAPI document are what really went over the wire."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server.http.answers.routes import ANSWERS
from server.http.description.examples import FILE, Examples
from tests.http.description.story import told
from tests.support.answers import documented, shape

WRITE = "SPECTRON_WRITE"


async def test_a_deployment_uses_every_route_and_answers_as_the_examples_do(tmp_path: Path) -> None:
    recorder = await told(tmp_path)
    assert set(recorder.examples) >= {*ANSWERS}
    if os.environ.get(WRITE):
        FILE.write_text(recorder.text(), encoding="utf-8")
    shipped = Examples.shipped().recorded
    assert {name: _names(one) for name, one in recorder.examples.items()} == {
        name: _names(one) for name, one in shipped.items()
    }, f"the examples are stale; {WRITE}=1 writes them anew"


@pytest.mark.parametrize("name", sorted(ANSWERS))
def test_each_answer_has_an_example_that_is_true_to_its_type(name: str) -> None:
    shape(name).validate_python(Examples.shipped().recorded[name]["answer"])


def test_each_json_body_has_an_example() -> None:
    missing = [
        operation["operationId"]
        for operation in documented().operations()
        for media, content in operation.get("requestBody", {}).get("content", {}).items()
        if media == "application/json" and "example" not in content
    ]
    assert not missing


def test_each_shape_has_a_name_of_its_own() -> None:
    assert not [name for name in documented().schemas if "__" in name]


def test_no_example_holds_a_secret() -> None:
    secrets = [text for text in _texts(Examples.shipped().recorded) if text.startswith(("spm-", "spk-", "sk-"))]
    assert not secrets


def _names(example: Any) -> Any:
    """The fields of an example, without what changes from one time to the next."""
    return {part: sorted(value) if isinstance(value, dict) else None for part, value in example.items()}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for part in parts:
        yield from _texts(part)
