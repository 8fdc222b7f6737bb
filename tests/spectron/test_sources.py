import io
import os
from pathlib import Path

import pytest

from spectron.errors import ArgumentError
from spectron.sources import Reader, Source


def test_a_path_gives_the_file_its_name_and_is_closed_afterwards(tmp_path: Path) -> None:
    file = tmp_path / "notes.md"
    file.write_bytes(b"hello")

    with Source(file, content_type="text/markdown") as source:
        name, part, kind = source.part()  # type: ignore[misc]
        assert (name, kind, part.read()) == ("notes.md", "text/markdown", b"hello")
        assert source.repeatable

    with pytest.raises(ValueError, match="closed"):
        part.read()


def test_bytes_have_no_name_unless_given() -> None:
    with Source(b"x") as nameless, Source(b"x", filename="a.txt") as named:
        assert (nameless.filename, named.filename) == ("document", "a.txt")


def test_a_file_of_the_caller_stays_open(tmp_path: Path) -> None:
    with (tmp_path / "a.bin").open("w+b") as file:
        with Source(file) as source:
            assert source.filename == "a.bin"
        assert not file.closed


def test_progress_counts_up_to_the_length_and_starts_again_with_a_repetition() -> None:
    told: list[tuple[int, int | None]] = []

    with Source(b"abcde", progress=lambda done, total: told.append((done, total))) as source:
        part = source.part()[1]
        assert (part.read(3), part.read(3), part.read(3)) == (b"abc", b"de", b"")
        part.seek(0)
        assert part.read(9) == b"abcde"

    assert told == [(3, 5), (5, 5), (5, 5)]


def test_a_pipe_is_read_once() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"abc")
    os.close(writing)
    told: list[tuple[int, int | None]] = []

    with (
        os.fdopen(reading, "rb") as pipe,
        Source(pipe, progress=lambda done, total: told.append((done, total))) as source,
    ):
        assert not source.repeatable
        part = source.part()[1]
        assert not hasattr(part, "seek")
        assert part.read(10) == b"abc"

    assert (source.filename, told) == ("document", [(3, None)])


def test_what_is_no_file_is_refused_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match=r"Can't read .*nope\.md: No such file"):
        Source(tmp_path / "nope.md")
    with pytest.raises(ArgumentError, match="Is a directory"):
        Source(str(tmp_path))


def test_a_name_that_is_no_text_is_sent_as_far_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / os.fsdecode(b"bad\xff.bin")
    file.touch()

    with Source(file) as source:
        assert source.filename == "bad?.bin"


def test_a_file_open_as_text_is_refused() -> None:
    with pytest.raises(ArgumentError, match="binary mode"):
        Reader(io.StringIO("text"), None).read()  # type: ignore[arg-type]
