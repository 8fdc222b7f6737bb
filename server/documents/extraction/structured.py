"""JSON and CSV: one line for each value or row, each telling what it is about."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from server.core.errors import ExtractionError
from server.documents.extraction.building import TextBuilder, one_line
from server.documents.extraction.charset import decode
from server.documents.extraction.kinds import Kind
from server.documents.extraction.result import Extracted, Limits

_DELIMITERS = ",;\t|"
_SAMPLE_LINES = 20


def extract_json(path: Path, limits: Limits) -> Extracted:
    """Every value on a line of its own, after the path that leads to it."""
    document = _parsed(decode(path.read_bytes()), "The file")
    builder = TextBuilder(limits)
    title = _title(document)
    if isinstance(document, dict):
        for key, value in document.items():
            if isinstance(value, dict | list) and value:
                builder.section(str(key), 1)
            _write(builder, value, str(key))
    else:
        _write(builder, document, "")
    return builder.build(Kind.JSON, title)


def extract_json_lines(path: Path, limits: Limits) -> Extracted:
    """One record a line; an empty line after each keeps them apart."""
    builder = TextBuilder(limits)
    for number, line in enumerate(decode(path.read_bytes()).split("\n"), 1):
        if line.strip():
            _write(builder, _parsed(line, f"Line {number}"), "")
            builder.add("\n")
    return builder.build(Kind.JSON_LINES, None)


def extract_csv(path: Path, limits: Limits) -> Extracted:
    """One line a row, each value after the name of its column."""
    text = decode(path.read_bytes())
    csv.field_size_limit(limits.text_bytes)
    builder = TextBuilder(limits)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        names = next((row for row in reader if any(row)), [])
        count = 0
        for row in reader:
            builder.add(_row(names, row))
            count += 1
    except csv.Error as error:
        raise ExtractionError(
            f"Line {reader.line_num} of the file is no valid CSV ({error}). "
            "Repair it, or upload the file as plain text."
        ) from None
    if not count:
        builder.add("; ".join(names))
    return builder.build(Kind.CSV, None)


def _parsed(text: str, what: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        if not text[error.pos :].strip():
            raise ExtractionError(
                f"{what} ends in the middle of its JSON; it was cut off. Get it again, whole, and upload that."
            ) from None
        raise ExtractionError(
            f"{what} is no valid JSON: {error.msg} at line {error.lineno}, column {error.colno}. "
            "Repair it, or upload the file as plain text."
        ) from None
    except (RecursionError, ValueError):
        raise ExtractionError(f"{what} nests its JSON too deep or holds an absurd number. Simplify it.") from None


def _write(builder: TextBuilder, value: Any, path: str) -> None:
    for place, leaf in _leaves(value, path):
        shown = leaf if isinstance(leaf, str) else json.dumps(leaf)
        builder.add(f"{place}: {shown}\n" if place else f"{shown}\n")


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Every value that holds no others, in the order of the document."""
    pending: list[tuple[str, Any]] = [(path, value)]
    while pending:
        place, found = pending.pop()
        if isinstance(found, dict) and found:
            prefix = f"{place}." if place else ""
            pending.extend((f"{prefix}{key}", inner) for key, inner in reversed(found.items()))
        elif isinstance(found, list) and found:
            pending.extend((f"{place}[{index}]", found[index]) for index in range(len(found) - 1, -1, -1))
        else:
            yield place, found


def _title(document: Any) -> str | None:
    found = document.get("title", document.get("name")) if isinstance(document, dict) else None
    return found if isinstance(found, str) else None


def _delimiter(text: str) -> str:
    """The candidate that divides the first lines most evenly."""
    lines = text[:65536].splitlines()[:_SAMPLE_LINES]

    def evenness(delimiter: str) -> tuple[int, int]:
        counts = [line.count(delimiter) for line in lines if line.strip()]
        return (min(counts, default=0), sum(counts))

    return max(_DELIMITERS, key=evenness)


def _row(names: list[str], row: list[str]) -> str:
    cells = []
    for index, cell in enumerate(row):
        if value := cell.strip():
            name = one_line(names[index]) if index < len(names) else ""
            cells.append(f"{name}: {value}" if name else value)
    return "; ".join(cells) + "\n" if cells else ""
