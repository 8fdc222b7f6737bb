"""Commands are started, heard and ended; a changing one never in read-only mode."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from spectron.target import Target
from spectron_tui.programs.answer import answer
from spectron_tui.programs.command import Command
from spectron_tui.programs.environ import environ_of
from spectron_tui.programs.programs import Installed, ProgramError, ReadOnlyPrograms, Stream
from spectron_tui.transport.gate import ReadOnlyError

Heard = list[tuple[Stream, str]]
FOR_EVER = """
import signal, sys, time
# A suite that a shell has put into the background was told to ignore it, and so is what it starts.
signal.signal(signal.SIGINT, signal.default_int_handler)
try:
    print("begun", flush=True)
    time.sleep(600)
except KeyboardInterrupt:
    open(sys.argv[1], "w").write("tidied up")
    sys.exit(1)
"""


def python(text: str, *arguments: str, changes: bool = False) -> Command:
    return Command((sys.executable, "-c", text, *arguments), "Try", changes)


async def run(command: Command, folder: Path, heard: Heard) -> int:
    return await Installed(folder).run(command, os.environ, lambda stream, line: heard.append((stream, line)))


async def test_both_streams_are_heard_line_by_line_and_the_exit_code_told(tmp_path: Path) -> None:
    heard: Heard = []
    text = "import os, sys; print(os.getcwd()); print('who', file=sys.stderr); sys.stdout.write('end'); sys.exit(3)"
    assert await run(python(text), tmp_path, heard) == 3
    assert [line for stream, line in heard if stream is Stream.OUT] == [str(tmp_path), "end"]
    assert (Stream.ERR, "who") in heard


async def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProgramError, match="`no-such-program` is not installed"):
        await run(Command(("no-such-program",), "Try", changes=False), tmp_path, [])


async def test_whoever_is_cancelled_lets_the_command_tidy_up(tmp_path: Path) -> None:
    begun = asyncio.Event()
    left = tmp_path / "left"
    command = python(FOR_EVER, str(left))
    task = asyncio.create_task(Installed(tmp_path).run(command, os.environ, lambda _, __: begun.set()))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert left.read_text() == "tidied up"


async def test_the_gate_starts_nothing_that_changes(tmp_path: Path) -> None:
    made = tmp_path / "made"
    gate = ReadOnlyPrograms(Installed(tmp_path))
    text = "import sys; open(sys.argv[1], 'w')"
    with pytest.raises(ReadOnlyError, match="--write"):
        await gate.run(python(text, str(made), changes=True), os.environ, lambda _, __: None)
    assert not made.exists()
    assert await gate.run(python(text, str(made)), os.environ, lambda _, __: None) == 0
    assert made.exists()


async def test_an_answer_is_its_json_whatever_the_exit_code(tmp_path: Path) -> None:
    command = python("import sys; print('{'); print('\"a\": 1}'); sys.exit(1)")
    assert await answer(Installed(tmp_path), command, os.environ) == {"a": 1}


async def test_without_an_answer_its_own_words_are_the_error(tmp_path: Path) -> None:
    command = python("import sys; print('Error: the disk is gone', file=sys.stderr); sys.exit(3)")
    with pytest.raises(ProgramError, match=r"^the disk is gone$") as raised:
        await answer(Installed(tmp_path), command, os.environ)
    assert raised.value.code == 3


def test_commands_are_about_the_server_that_is_looked_at() -> None:
    given = {"PATH": "/bin", "SPECTRON_PROFILE": "other", "SPECTRON_API_KEY": "other", "SPECTRON_URL": "http://other"}
    given |= {"SPECTRON_BACKUP_REPOSITORY": "/other", "SPECTRON_SCHEDULE": "/etc/schedule.yaml"}
    environ = environ_of(given, Target("http://this", "mgmt-key", "acme"), None)
    assert environ == {
        "PATH": "/bin",
        "SPECTRON_URL": "http://this",
        "SPECTRON_API_KEY": "mgmt-key",
        "SPECTRON_CONTEXT_ID": "acme",
        "SPECTRON_PROGRESS": "lines",
        "SPECTRON_SCHEDULE": "/etc/schedule.yaml",
    }
