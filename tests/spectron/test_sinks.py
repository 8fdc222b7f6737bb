from pathlib import Path

import pytest
from blake3 import blake3

from spectron.errors import ArgumentError, ResponseError
from spectron.sinks import Sink

BYTES = b"0123456789" * 10
HASH = blake3(BYTES).hexdigest()


def sink(path: Path, content_hash: str = HASH) -> Sink:
    return Sink(path, size=len(BYTES), content_hash=content_hash)


def test_the_file_appears_when_it_is_whole(tmp_path: Path) -> None:
    with sink(tmp_path / "a.bin") as target:
        target.write(BYTES[:50])
        assert not (tmp_path / "a.bin").exists()
        target.write(BYTES[50:])
        target.finish()

    assert [path.name for path in tmp_path.iterdir()] == ["a.bin"]
    assert (tmp_path / "a.bin").read_bytes() == BYTES


def test_an_interrupted_download_goes_on_where_it_was(tmp_path: Path) -> None:
    with sink(tmp_path / "a.bin") as target:
        target.write(BYTES[:30])

    with sink(tmp_path / "a.bin") as target:
        assert target.done == 30
        target.write(BYTES[30:])
        target.finish()

    assert (tmp_path / "a.bin").read_bytes() == BYTES


def test_the_beginning_of_another_document_is_not_gone_on_with(tmp_path: Path) -> None:
    with sink(tmp_path / "a.bin", blake3(b"another").hexdigest()) as target:
        target.write(b"another beginning")

    with sink(tmp_path / "a.bin") as target:
        assert target.done == 0


def test_wrong_bytes_never_get_the_name_and_the_next_download_starts_from_nothing(tmp_path: Path) -> None:
    with sink(tmp_path / "a.bin") as target:
        target.write(b"x" * len(BYTES))
        with pytest.raises(ResponseError, match="not what was stored"):
            target.finish()

    assert list(tmp_path.iterdir()) == []


def test_what_was_there_before_stays_until_then(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"old")

    with sink(tmp_path / "a.bin") as target:
        target.write(BYTES[:1])

    assert (tmp_path / "a.bin").read_bytes() == b"old"


def test_nothing_begun_leaves_nothing(tmp_path: Path) -> None:
    with sink(tmp_path / "a.bin"):
        pass

    assert list(tmp_path.iterdir()) == []


def test_a_place_that_can_not_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match=r"Can't write .*nowhere/a\.bin"), sink(tmp_path / "nowhere/a.bin"):
        pass
