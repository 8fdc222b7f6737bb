from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from spectron.terminal.tables import plain, shown, size


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "-"),
        ("", "-"),
        ([], "-"),
        ({}, "-"),
        (0, "0"),
        (0.5, "0.5"),
        (False, "no"),
        (True, "yes"),
        (1234567, "1,234,567"),
        (datetime(2027, 1, 2, 3, 4, 5, tzinfo=UTC), "2027-01-02 03:04:05 UTC"),
        (datetime(2027, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=1))), "2027-01-02 02:04:05 UTC"),
        ({"org": "acme", "user": None}, "org=acme, user=-"),
        (("a", 1000), "a, 1,000"),
        ("[red]:smile:", "[red]:smile:"),
        ("\x1b[31mred\x9b", "\\x1b[31mred\\x9b"),
        ({"\x1b": ["\x07"]}, "\\x1b=\\x07"),
    ],
)
def test_values_as_people_read_them(value: Any, text: str) -> None:
    assert shown(value) == text


def test_line_ends_and_tabs_stay() -> None:
    assert plain("a\n\tb\r") == "a\n\tb\\x0d"


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (5 * 1024**2, "5.0 MiB"), (3 * 1024**5, "3072.0 TiB")],
)
def test_sizes(count: int, text: str) -> None:
    assert size(count) == text
