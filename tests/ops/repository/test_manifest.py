"""Manifests and what becomes of them on a bad disk."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.errors import DamagedError
from ops.repository.manifest import Failure, Manifest
from tests.ops.sets import manifest

MANIFEST = manifest("20261121T040000Z-aa", {"acme": 3, "zoë": 0})
STORED = MANIFEST.encode()


def test_it_comes_back_as_it_was() -> None:
    assert Manifest.decode(STORED, "it") == MANIFEST
    assert MANIFEST.rows == 4
    assert MANIFEST.good


@given(st.integers(0, len(STORED) - 1), st.integers(1, 255))
def test_no_changed_byte_changes_what_it_says(position: int, change: int) -> None:
    data = bytearray(STORED)
    data[position] ^= change
    try:
        found = Manifest.decode(bytes(data), "it")
    except DamagedError:
        return
    assert found == MANIFEST  # it was but white space


@given(st.integers(0, len(STORED) - 1))
def test_a_shortened_one_is_refused(length: int) -> None:
    with pytest.raises(DamagedError, match="Use another set"):
        Manifest.decode(STORED[:length], "it")


@pytest.mark.parametrize("text", [b"", b"null", b"[]", b"{}", b'"x"', b'{"checksum": 1}', b"\x00\x01"])
def test_what_is_no_manifest_is_refused(text: bytes) -> None:
    with pytest.raises(DamagedError, match="it is damaged"):
        Manifest.decode(text, "it")


def test_a_set_with_failures_or_warnings_is_not_good() -> None:
    assert not MANIFEST.model_copy(update={"failures": (Failure(part="acme", message="gone"),)}).good
    suspicious = MANIFEST.contexts[0].model_copy(update={"warnings": ("half of it is gone",)})
    assert not MANIFEST.model_copy(update={"contexts": (suspicious,)}).good
