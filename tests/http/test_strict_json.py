"""What is read as JSON, and what is not."""

import contextlib
import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.errors import ValidationError
from server.http.strict_json import LARGEST, MAX_DEPTH, SMALLEST, read

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(SMALLEST, LARGEST)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
)

REFUSED = {
    "nothing": (b"", "not valid JSON"),
    "half an object": (b"{", "not valid JSON"),
    "a trailing comma": (b'{"a":1,}', "not valid JSON"),
    "two documents": (b"{} {}", "not valid JSON"),
    "a control character in a string": (b'"\x01"', "not valid JSON"),
    "NaN": (b'{"a":NaN}', "NaN"),
    "Infinity": (b"[-Infinity]", "-Infinity"),
    "a float beyond all floats": (b"[1e400]", "too large"),
    "an int beyond 64 bits": (str(2**63).encode(), "64 bits"),
    "an int below 64 bits": (str(-(2**63) - 1).encode(), "64 bits"),
    "an int of 401 digits": (str(10**400).encode(), "64 bits"),
    "an int of 5,000 digits": (b"1" * 5000, "too many digits"),
    "half a surrogate pair": (b'["\\ud800"]', "surrogate"),
    "the other half, in a key": (b'{"\\udfff":1}', "surrogate"),
    "halves in the wrong order": (b'["\\udc00\\ud800"]', "surrogate"),
    "NUL": (b'["a\\u0000"]', "NUL"),
    "NUL in a key": (b'{"\\u0000":1}', "NUL"),
    "a name twice": (b'{"a":1,"b":{"c":1,"c":2}}', "'c' twice"),
    "a name twice, once escaped": (b'{"a":1,"\\u0061":1}', "'a' twice"),
    "UTF-16": ('{"a":1}'.encode("utf-16"), "UTF-8"),
    "Latin-1": (b'{"a":"\xe9"}', "UTF-8"),
    "a surrogate written as UTF-8": (b'"\xed\xa0\x80"', "UTF-8"),
    "one level too deep": (b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1), "nested deeper"),
    "100,000 levels of arrays": (b"[" * 100_000 + b"]" * 100_000, "nested deeper"),
    "100,000 levels of objects": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "nested deeper"),
}


@pytest.mark.parametrize(("body", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_refused(body: bytes, reason: str) -> None:
    with pytest.raises(ValidationError, match=reason) as raised:
        read(body)
    assert len(raised.value.detail) < 200


@given(VALUES)
def test_what_can_be_kept_is_read_as_it_was_written(value: Any) -> None:
    assert read(json.dumps(value).encode()) == value
    assert read(json.dumps(value, ensure_ascii=False).encode()) == value


@given(st.binary())
def test_no_bytes_do_anything_but_being_read_or_refused(body: bytes) -> None:
    with contextlib.suppress(ValidationError):
        json.dumps(read(body), allow_nan=False).encode()


def test_the_deepest_that_is_read() -> None:
    value = read(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)
    for _ in range(MAX_DEPTH - 1):
        (value,) = value
    assert value == []


def test_whole_pairs_and_the_largest_numbers_are_fine() -> None:
    assert read(b'["\\ud83d\\ude00", 9223372036854775807, 1.7976931348623157e308]') == [
        "😀",
        LARGEST,
        1.7976931348623157e308,
    ]
    assert math.isfinite(read(b"1e308"))
