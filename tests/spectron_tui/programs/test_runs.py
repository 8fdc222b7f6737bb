"""The log of what was run."""

import asyncio
import sys
from pathlib import Path

from spectron_tui.programs.command import Command
from spectron_tui.programs.programs import Installed, ReadOnlyPrograms, Stream
from spectron_tui.programs.run import Part, Run, told
from spectron_tui.programs.runs import ENDED_HERE, Runs
from tests.spectron_tui.surroundings import NOW


def python(text: str, *, changes: bool = False) -> Command:
    return Command((sys.executable, "-c", text), "Try", changes)


async def test_a_run_keeps_what_was_said_and_how_it_ended(tmp_path: Path) -> None:
    changed: list[int] = []
    over = asyncio.Event()

    def see(run: Run) -> None:
        changed.append(run.number)
        if run.ended:
            over.set()

    runs = Runs(Installed(tmp_path), lambda: NOW, see)
    run = runs.start(python("print('well'); raise SystemExit(4)"), {})
    assert [one.number for one in runs.active] == [1]
    await over.wait()
    assert (run.exit_code, run.output(Stream.OUT), run.done) == (4, "well", False)
    assert [one.number for one in runs.active] == []
    assert set(changed) == {1}


async def test_what_the_gate_refuses_is_in_the_log_with_its_reason(tmp_path: Path) -> None:
    over = asyncio.Event()
    runs = Runs(ReadOnlyPrograms(Installed(tmp_path)), lambda: NOW, lambda _: over.set())
    run = runs.start(python("open('made', 'w')", changes=True), {})
    await over.wait()
    assert "--write" in (run.problem or "")
    assert run.exit_code is None
    assert not (tmp_path / "made").exists()


async def test_all_are_ended(tmp_path: Path) -> None:
    runs = Runs(Installed(tmp_path), lambda: NOW, lambda _: None)
    first, second = (runs.start(python("import time; time.sleep(600)"), {}) for _ in range(2))
    await runs.end(second)
    await runs.end_all()
    assert (first.problem, second.problem) == (ENDED_HERE, ENDED_HERE)
    assert runs.active == ()


def test_lines_that_tell_of_progress_are_no_output() -> None:
    run = Run(1, python(""), NOW)
    run.hear(Stream.ERR, '{"part": "acme", "done": 5, "expected": 10}')
    run.hear(Stream.ERR, "a word")
    run.hear(Stream.OUT, '{"part": "of the answer"}')
    assert run.part == Part("acme", 5, 10)
    assert [line.text for line in run.lines] == ["a word", '{"part": "of the answer"}']
    assert told('{"part": "acme", "done"') is None
