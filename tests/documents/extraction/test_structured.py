"""JSON, JSON lines and CSV."""

import json
from typing import Any

import pytest

from server.core.errors import ExtractionError
from server.documents.extraction.result import Limits, Section
from tests.documents.extraction.conftest import Read

JSON_TYPE = "application/json"


def test_each_value_of_json_tells_its_path(read: Read) -> None:
    document: dict[str, Any] = {
        "title": "Fleet",
        "ships": [{"name": "Brig", "masts": 2}, {"name": "Sloop"}],
        "empty": {},
        "note": None,
    }
    extracted = read(json.dumps(document), JSON_TYPE)
    assert extracted.text == (
        "title: Fleet\nships[0].name: Brig\nships[0].masts: 2\nships[1].name: Sloop\nempty: {}\nnote: null\n"
    )
    assert extracted.title == "Fleet"
    assert extracted.sections == (Section("ships", 1, 13),)


@pytest.mark.parametrize(
    ("content", "text"),
    [("[1, [2, 3]]", "[0]: 1\n[1][0]: 2\n[1][1]: 3\n"), ('"only"', "only\n"), ("true", "true\n")],
)
def test_json_need_not_be_an_object(read: Read, content: str, text: str) -> None:
    assert read(content, JSON_TYPE).text == text


@pytest.mark.parametrize("cut", ['{"a": [1, 2', '{"a": ', '{"a"'])
def test_json_that_was_cut_off_is_told_as_such(read: Read, cut: str) -> None:
    with pytest.raises(ExtractionError, match="ends in the middle of its JSON"):
        read(cut, JSON_TYPE)


def test_broken_json_is_told_with_its_place(read: Read) -> None:
    with pytest.raises(ExtractionError, match=r"no valid JSON: .* at line 2, column \d+\. Repair it"):
        read('{"a": 1,\n b: 2}', JSON_TYPE)


@pytest.mark.parametrize("content", ["[" * 200_000 + "]" * 200_000, '{"a":' * 100_000 + "1" + "}" * 100_000])
def test_json_nested_without_end_is_refused(read: Read, content: str) -> None:
    with pytest.raises(ExtractionError, match="nests its JSON too deep"):
        read(content, JSON_TYPE)


def test_an_absurd_number_is_refused(read: Read) -> None:
    with pytest.raises(ExtractionError, match="absurd number"):
        read('{"a": ' + "9" * 10_000 + "}", JSON_TYPE)


def test_json_lines_are_records(read: Read) -> None:
    extracted = read('{"a": 1}\n\n{"a": {"b": 2}}\n', "application/x-ndjson")
    assert extracted.text == "a: 1\n\na.b: 2\n\n"
    with pytest.raises(ExtractionError, match="Line 2 is no valid JSON"):
        read('{"a": 1}\n{x}\n', "application/x-ndjson")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_each_row_of_csv_names_its_columns(read: Read, delimiter: str) -> None:
    rows = [["name", "age", "town"], ["Ann", "30", "Oslo"], ["Bob", "", '"Rome"']]
    content = "\r\n".join(delimiter.join(row) for row in rows)
    assert read(content, "text/csv").text == "name: Ann; age: 30; town: Oslo\nname: Bob; town: Rome\n"


def test_csv_may_be_uneven_and_hold_line_ends(read: Read) -> None:
    assert read('a,b\n1,"x\ny",3\n\n', "text/csv").text == "a: 1; b: x\ny; 3\n"
    assert read("only,names\n", "text/csv").text == "only; names"


def test_a_cell_over_the_limit_is_told_with_its_line(read: Read) -> None:
    with pytest.raises(ExtractionError, match="Line 2 of the file is no valid CSV"):
        read("a,b\n" + "x" * 200, "text/csv", Limits(text_bytes=100))
