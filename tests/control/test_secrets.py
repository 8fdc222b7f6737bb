"""Secrets at rest."""

import base64
import os
import threading
from pathlib import Path

import pytest

from server.control.secrets import Cipher, MasterKey, decoded_master_key, derived, write_private
from server.core.errors import ConflictError, UnavailableError, ValidationError

KEY = bytes(range(32))


def test_what_was_encrypted_comes_back_for_its_owner_alone() -> None:
    cipher = Cipher(KEY)
    sealed = cipher.encrypt(b"plain", "acme/openai")
    assert b"plain" not in sealed
    assert cipher.decrypt(sealed, "acme/openai") == b"plain"
    assert cipher.encrypt(b"plain", "acme/openai") != sealed
    for other, owner in ((cipher, "other/openai"), (Cipher(derived(KEY, "other")), "acme/openai")):
        with pytest.raises(UnavailableError, match="master key"):
            other.decrypt(sealed, owner)


@pytest.mark.parametrize("sealed", [b"", b"short", b"x" * 100])
def test_what_was_never_encrypted_is_refused(sealed: bytes) -> None:
    with pytest.raises(UnavailableError):
        Cipher(KEY).decrypt(sealed, "acme")


def test_purposes_have_keys_of_their_own() -> None:
    assert derived(KEY, "a") == derived(KEY, "a")
    assert len({derived(KEY, "a"), derived(KEY, "b"), KEY}) == 3


def test_a_configured_key_is_used_and_no_file_is_made(tmp_path: Path) -> None:
    assert MasterKey.of(base64.b64encode(KEY).decode() + "\n", tmp_path).value == KEY
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["", "short", "é" * 44, base64.b64encode(bytes(31)).decode(), "!" * 44, "\x00" * 44])
def test_a_key_of_the_wrong_form_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(ValidationError, match="32 bytes in base64") as raised:
        decoded_master_key(text)
    assert not text or text not in raised.value.detail


def test_the_first_start_makes_a_key_file_that_later_ones_read(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "data"
    first = MasterKey.of(None, folder).value
    (file,) = folder.iterdir()
    assert file.name == "master.key"
    assert file.stat().st_mode & 0o777 == 0o600
    assert MasterKey.of(None, folder, begun=True).value == first


def test_of_many_first_starts_at_once_one_key_is_everybodys(tmp_path: Path) -> None:
    made: list[bytes] = []
    starters = [threading.Thread(target=lambda: made.append(MasterKey.of(None, tmp_path).value)) for _ in range(8)]
    for starter in starters:
        starter.start()
    for starter in starters:
        starter.join()
    assert made == [made[0]] * 8
    assert [file.name for file in tmp_path.iterdir()] == ["master.key"]


def test_a_key_that_is_gone_is_not_made_again(tmp_path: Path) -> None:
    with pytest.raises(ConflictError, match="master-key-lost"):
        MasterKey.of(None, tmp_path, begun=True)
    assert list(tmp_path.iterdir()) == []


def test_a_key_that_was_made_where_another_is_the_right_one_is_taken_away_again(tmp_path: Path) -> None:
    made = MasterKey.of(None, tmp_path)
    made.require(known=True)
    assert (tmp_path / "master.key").exists()
    with pytest.raises(ConflictError, match="under another master key"):
        made.require(known=False)
    assert list(tmp_path.iterdir()) == []


def test_a_key_that_was_there_stays(tmp_path: Path) -> None:
    MasterKey.of(None, tmp_path)
    with pytest.raises(ConflictError, match="under another master key"):
        MasterKey.of(None, tmp_path).require(known=False)
    assert (tmp_path / "master.key").exists()


def test_a_file_that_is_broken_says_so(tmp_path: Path) -> None:
    (tmp_path / "master.key").write_bytes(b"\xff\xfe")
    with pytest.raises(ValidationError, match="32 bytes"):
        MasterKey.of(None, tmp_path)
    (tmp_path / "master.key").unlink()
    (tmp_path / "master.key").mkdir()
    with pytest.raises(UnavailableError, match=r"master\.key"):
        MasterKey.of(None, tmp_path)


def test_private_files_are_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "management.key"
    path.write_text("old, and open to all")
    path.chmod(0o644)
    write_private(path, "new")
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        write_private(path, "newer", replace=False)
    assert path.read_text() == "new"
    assert [file.name for file in tmp_path.iterdir()] == ["management.key"]


def test_the_umask_of_the_process_does_not_matter(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        write_private(tmp_path / "a", "text")
    finally:
        os.umask(before)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600
