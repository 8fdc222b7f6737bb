"""One owner at a time, also within a process."""

from pathlib import Path

import pytest

from server.core.errors import UnavailableError
from server.store.ownership import Ownership


def test_a_folder_has_one_owner(tmp_path: Path) -> None:
    first, second = Ownership(tmp_path / "new" / "store"), Ownership(tmp_path / "new" / "store")
    first.take()

    with pytest.raises(UnavailableError, match="another process"):
        second.take()

    first.drop()
    second.take()
    second.drop()


def test_dropping_what_was_never_taken_is_nothing(tmp_path: Path) -> None:
    first, second = Ownership(tmp_path), Ownership(tmp_path)
    first.take()
    second.drop()

    with pytest.raises(UnavailableError):
        second.take()
    first.drop()
    first.drop()


def test_the_lock_is_for_its_owner_only(tmp_path: Path) -> None:
    ownership = Ownership(tmp_path / "store")
    ownership.take()
    ownership.drop()

    assert [path.stat().st_mode & 0o077 for path in (tmp_path / "store", *(tmp_path / "store").iterdir())] == [0, 0]
