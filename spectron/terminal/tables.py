"""Tables for people."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from unicodedata import category

from rich import box
from rich.table import Table

NOTHING = "-"
# What is copied or compared at a glance stays on one line, unless it is too long for that.
WHOLE = {"#", "ID", "STATE", "STATUS", "SIZE", "CHUNKS", "TURNS", "TOKENS", "TRIES", "DONE", "SCORE", "TIER", "MS"}
LONGEST_WHOLE = 32
KIB = 1024


def rows(columns: Iterable[str], values: Iterable[Iterable[Any]]) -> Table:
    """A table with a heading; what does not fit is folded, never cut."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    cells = [[shown(value) for value in row] for row in values]
    for index, column in enumerate(columns):
        short = all(len(row[index]) <= LONGEST_WHOLE for row in cells)
        table.add_column(column, overflow="fold", no_wrap=column in WHOLE and short)
    for row in cells:
        table.add_row(*row)
    return table


def fields(values: Mapping[str, Any]) -> Table:
    """Names and values of one thing."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in values.items():
        table.add_row(plain(name), shown(value))
    return table


def shown(value: Any) -> str:
    """A value as a person reads it."""
    if value is None or value in ("", [], (), {}):
        return NOTHING
    match value:
        case bool():
            text = "yes" if value else "no"
        case datetime():
            text = f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
        case int():
            text = f"{value:,}"
        case Mapping():
            text = ", ".join(f"{key}={shown(inner)}" for key, inner in value.items())
        case list() | tuple():
            text = ", ".join(map(shown, value))
        case _:
            text = str(value)
    return plain(text)


def size(count: int) -> str:
    """Bytes in the unit that suits them."""
    amount = float(count)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if amount < KIB:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= KIB
    return f"{amount:.1f} TiB"


def moment(value: datetime | None) -> str | None:
    """A time in a table, in UTC to the minute."""
    return None if value is None else f"{value.astimezone(UTC):%Y-%m-%d %H:%M}"


def excerpt(text: str, length: int) -> str:
    """The beginning of a text on one line."""
    line = " ".join(text.split())
    return line if len(line) <= length else f"{line[: length - 1]}…"


def plain(text: str) -> str:
    """The text with its control characters spelled out, line ends and tabs excepted, and any blank as a blank."""
    return "".join(
        character if character.isprintable() or character in "\n\t" else _spelled_out(character) for character in text
    )


def _spelled_out(character: str) -> str:
    return " " if category(character) == "Zs" else f"\\x{ord(character):02x}"


def flattened(config: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Each value of a nested configuration with its dotted name."""
    for name, value in config.items():
        if isinstance(value, Mapping):
            yield from flattened(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value
