from hypothesis import given
from hypothesis import strategies as st

from spectron.frames import Frame, FrameReader

LINE = st.text(st.characters(exclude_characters="\r\n"), max_size=20)


def frames(text: str) -> list[Frame]:
    reader = FrameReader()
    return [frame for line in text.split("\n") if (frame := reader.take(line))]


def test_a_frame_has_a_name_data_and_an_id() -> None:
    assert frames("id: 7\nevent: job\ndata: {}\n\n") == [Frame("job", "{}", "7")]


def test_comments_and_frames_without_data_are_skipped() -> None:
    assert frames(": still here\n\nid: 7\nevent: job\n\ndata:x\n\n") == [Frame("message", "x")]


def test_nothing_of_one_frame_stays_for_the_next() -> None:
    assert frames("id: 7\nevent: job\ndata: a\n\ndata: b\n\n") == [Frame("job", "a", "7"), Frame("message", "b")]


def test_an_unfinished_frame_is_no_frame() -> None:
    assert frames("event: job\ndata: {}") == []


def test_the_wait_that_the_server_asks_for_is_kept() -> None:
    reader = FrameReader()

    for line in ("retry: 2000", "retry: soon", ""):
        reader.take(line)

    assert reader.retry_seconds == 2.0


@given(st.lists(LINE, min_size=1, max_size=5))
def test_any_data_comes_back_line_by_line(lines: list[str]) -> None:
    text = "".join(f"data: {line}\n" for line in lines) + "\n"

    assert frames(text) == [Frame("message", "\n".join(lines))]
