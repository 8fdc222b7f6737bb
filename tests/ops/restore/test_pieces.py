"""A stored file as a stream, and a folder that is there as a whole or not at all."""

from pathlib import Path

import pyrage
import pytest

from ops.errors import DamagedError, LockedError, RefusedError
from ops.repository.encryption import Identities, Recipients
from ops.repository.sets import Repository
from ops.restore.pieces import pieces
from ops.restore.switching import appearing

KEY = pyrage.x25519.Identity.generate()
DATA = [bytes([number % 251]) * 70_000 for number in range(60)]


@pytest.mark.parametrize("encrypted", [False, True])
def test_every_byte_comes_in_order(repository: Repository, encrypted: bool) -> None:
    recipients = Recipients([str(KEY.to_public())] if encrypted else [])
    file = repository.add("sets/a/x", DATA, recipients, lambda _: None)
    stream = pieces(repository, file, encrypted=encrypted, identities=Identities([KEY]))
    assert b"".join(stream) == b"".join(DATA)


def test_whoever_leaves_early_leaves_nobody_waiting(repository: Repository) -> None:
    file = repository.add("sets/a/x", DATA, Recipients(), lambda _: None)
    stream = pieces(repository, file, encrypted=False, identities=Identities())
    assert next(stream)
    stream.close()  # type: ignore[attr-defined]  # joins the thread that reads ahead


def test_damage_is_told_before_the_end_of_the_stream(repository: Repository) -> None:
    file = repository.add("sets/a/x", DATA, Recipients(), lambda _: None)
    wrong = file.model_copy(update={"plain_sha256": "0" * 64})
    with pytest.raises(DamagedError, match="Use another set"):
        list(pieces(repository, wrong, encrypted=False, identities=Identities()))


def test_a_folder_appears_when_it_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "data"
    with appearing(target) as staging:
        staging.mkdir()
        (staging / "file").write_text("x")
        assert not target.exists()
    assert (target / "file").read_text() == "x"
    assert [one.name for one in tmp_path.iterdir()] == ["data"]


def test_what_fails_leaves_nothing(tmp_path: Path) -> None:
    def interrupted() -> None:
        with appearing(tmp_path / "data") as staging:
            staging.mkdir()
            (staging / "file").write_text("x")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert [*tmp_path.iterdir()] == []


def test_what_a_killed_run_left_is_cleared(tmp_path: Path) -> None:
    (tmp_path / ".data.restoring").mkdir()
    (tmp_path / ".data.restoring/half").write_text("x")
    with appearing(tmp_path / "data") as staging:
        staging.mkdir()
    assert [*(tmp_path / "data").iterdir()] == []


def test_nothing_is_overwritten_and_nobody_restores_twice_at_once(tmp_path: Path) -> None:
    with appearing(tmp_path / "data") as staging:
        staging.mkdir()
        with pytest.raises(LockedError, match="is at work"), appearing(tmp_path / "data"):
            pass
    with pytest.raises(RefusedError, match="overwrites nothing"), appearing(tmp_path / "data"):
        pass
