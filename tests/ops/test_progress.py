"""How far a long command is, told to a program."""

import io
import json
from pathlib import Path

from ops.progress import Bars, Lines, Silent, shown
from spectron.terminal.terminal import Terminal


def terminal(stderr: io.StringIO, **environ: str) -> Terminal:
    return Terminal(environ, Path(), io.StringIO(), io.StringIO(), stderr)


def test_lines_are_said_at_the_start_now_and_then_and_at_the_end() -> None:
    stream, times = io.StringIO(), [0.0]
    advance = Lines(stream, lambda: times[0]).part("acme", 100)
    advance(10)
    times[0] = 0.3
    advance(10)
    advance(20)
    advance(60)
    said = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [one["done"] for one in said] == [0, 20, 100]
    assert said[0] == {"part": "acme", "done": 0, "expected": 100}


def test_what_is_shown_depends_on_who_looks() -> None:
    class Screen(io.StringIO):
        def isatty(self) -> bool:
            return True

    for stream, environ, kind in (
        (io.StringIO(), {}, Silent),
        (io.StringIO(), {"SPECTRON_PROGRESS": "lines"}, Lines),
        (Screen(), {}, Bars),
        (Screen(), {"SPECTRON_PROGRESS": "lines"}, Lines),
    ):
        with shown(terminal(stream, **environ)) as reporter:
            assert isinstance(reporter, kind)
