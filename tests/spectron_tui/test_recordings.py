"""Recordings as files: written line by line, and read as far as they can be."""

import json
import resource
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import zstandard

from spectron.errors import ArgumentError
from spectron_tui.recording.answer import FORMAT, VERSION, Answer, Header
from spectron_tui.recording.recorder import Recorder
from spectron_tui.recording.tape import load

START = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
URL = "http://spectron.test"
CONTEXTS = "GET /api/v1/contexts"


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def answers() -> list[Answer]:
    """Two questions over four moments; the second time nothing is new, and the last time nobody answers."""
    return [
        Answer(CONTEXTS, at(0), 200, '{"contexts":["ä\\n"]}'),
        Answer("GET /api/v1/health", at(0.5), 200, '{"uptime_seconds":1}'),
        Answer(CONTEXTS, at(2), 200, '{"contexts":["ä\\n"]}'),
        Answer("GET /api/v1/health", at(2.5), 503, "busy", "text/plain"),
        Answer(CONTEXTS, at(4), None, "Connection refused"),
    ]


def recorded(path: Path, *, closed: bool = True) -> Path:
    recorder = Recorder(path, Header(URL, START))
    for answer in answers():
        recorder.keep(answer)
    if closed:
        recorder.close()
    return path


def packed(path: Path, *lines: object) -> Path:
    text = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    path.write_bytes(zstandard.ZstdCompressor().compress(text))
    return path


def test_what_was_recorded_is_played(tmp_path: Path) -> None:
    tape = load(recorded(tmp_path / "night.recording"))
    assert (tape.url, tape.begins, tape.ends, tape.flaw) == (URL, at(0), at(4), None)
    given = answers()
    assert tape.answer(CONTEXTS, at(0)) == given[0]
    assert tape.answer(CONTEXTS, at(3.9)) == given[2]
    assert tape.answer(CONTEXTS, at(60)) == given[4]
    assert tape.answer("GET /api/v1/health", at(3)) == given[3]
    assert tape.answer("GET /api/v1/health", at(0)) == given[1]
    assert tape.answer("GET /api/v1/health", at(-60)) is None
    assert tape.first("GET /api/v1/health") == at(0.5)
    assert tape.first("GET /api/v1/ready") is None


def test_only_the_owner_reads_it_and_nothing_is_overwritten(tmp_path: Path) -> None:
    path = recorded(tmp_path / "night.recording")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_bytes()
    with pytest.raises(ArgumentError, match="is there already"):
        recorded(path)
    assert path.read_bytes() == before
    with pytest.raises(ArgumentError, match=r"Can't record to .*No such file"):
        recorded(tmp_path / "nowhere" / "night.recording")


def test_an_end_at_any_moment_loses_at_most_the_line_in_work(tmp_path: Path) -> None:
    path = recorded(tmp_path / "night.recording", closed=False)
    tape = load(path)
    assert tape.flaw == "cut off"
    assert tape.ends == at(4)
    given, whole = answers(), path.read_bytes()
    ends: set[datetime | None] = set()
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        try:
            tape = load(path)
        except ArgumentError:
            ends.add(None)
            continue
        assert tape.flaw == "cut off"
        assert tape.ends in {answer.at for answer in given}
        ends.add(tape.ends)
    assert ends == {None, *(answer.at for answer in given[:-1])}


def test_damage_is_said_whatever_byte_it_is_in(tmp_path: Path) -> None:
    path = recorded(tmp_path / "night.recording")
    whole = path.read_bytes()
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        try:
            tape = load(path)
        except ArgumentError as error:
            assert "recording" in str(error)  # noqa: PT017 (most damage can be played up to where it is)
        else:
            # A byte of the frame's header says how much memory to take, and nothing of what is in it.
            assert tape.flaw or place < 6, place


@pytest.mark.parametrize(
    "content",
    [b"", b"\x89PNG\r\n\x1a\n", b'{"format": "spectron-recording"}\n', zstandard.ZstdCompressor().compress(b"hello\n")],
)
def test_what_is_no_recording_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "strange"
    path.write_bytes(content)
    with pytest.raises(ArgumentError, match="is no recording of the dashboard"):
        load(path)


def test_other_files_are_refused_with_the_reason(tmp_path: Path) -> None:
    header = {"format": FORMAT, "version": VERSION, "url": URL, "began_at": START.isoformat()}
    with pytest.raises(ArgumentError, match="of version 99"):
        load(packed(tmp_path / "newer", {**header, "version": 99}))
    with pytest.raises(ArgumentError, match="no recording"):
        load(packed(tmp_path / "other", {**header, "format": "other"}))
    with pytest.raises(ArgumentError, match="no recording"):
        load(packed(tmp_path / "list", ["no", "object"]))
    with pytest.raises(ArgumentError, match="holds no answer"):
        load(packed(tmp_path / "empty", header))
    with pytest.raises(ArgumentError, match="No such file"):
        load(tmp_path / "nowhere")
    with pytest.raises(ArgumentError, match="Is a directory"):
        load(tmp_path)


def test_lines_that_make_no_sense_end_it(tmp_path: Path) -> None:
    header = {"format": FORMAT, "version": VERSION, "url": URL, "began_at": START.isoformat()}
    good: dict[str, object] = {"at": at(1).isoformat(), "asked": CONTEXTS, "status": 200, "body": "{}"}
    senseless: list[object] = [[1], {"at": at(1).isoformat(), "asked": "GET /never", "status": 200, "same": True}]
    senseless += [good | {name: value} for name, value in (("at", "noon"), ("status", "fine"), ("body", None))]
    for index, line in enumerate(senseless):
        tape = load(packed(tmp_path / str(index), header, good, line, good))
        assert (tape.flaw, tape.ends) == ("damaged", at(1))


def test_a_clock_that_was_put_back_does_not_change_the_order(tmp_path: Path) -> None:
    header = {"format": FORMAT, "version": VERSION, "url": URL, "began_at": START.isoformat()}
    good = {"at": at(60).isoformat(), "asked": CONTEXTS, "status": 200, "body": "1"}
    tape = load(packed(tmp_path / "back", header, good, {**good, "at": at(0).isoformat(), "body": "2"}))
    last = tape.answer(CONTEXTS, tape.ends)
    assert last is not None
    assert (last.body, tape.ends) == ("2", at(60))


@pytest.fixture
def small_files() -> Iterator[None]:
    """No file may grow beyond a few hundred bytes."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (400, limits[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@pytest.mark.usefixtures("small_files")
def test_a_file_that_can_not_grow_ends_the_recording_and_nothing_else(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "night.recording", Header(URL, START))
    for index in range(200):
        recorder.keep(Answer(f"GET /{index}", at(index), 200, f"{index * 7919}"))
    assert recorder.trouble is not None
    assert "can't be written" in recorder.trouble
    recorder.close()
    assert load(tmp_path / "night.recording").flaw == "cut off"
