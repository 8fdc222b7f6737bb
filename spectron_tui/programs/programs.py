"""Who starts a command: this machine, or in read-only mode a gate in front of it."""

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from spectron.errors import SpectronError
from spectron_tui.programs.command import Command
from spectron_tui.transport.gate import ReadOnlyError

PIECE = 64 << 10
PATIENCE_SECONDS = 10.0


class ProgramError(SpectronError):
    """A command that could not be started, or that said nothing but why it failed."""

    def __init__(self, message: str, code: int | None = None) -> None:
        super().__init__(message)
        self.code = code


class Stream(StrEnum):
    """Where a line was written to."""

    OUT = "out"
    ERR = "err"


Said = Callable[[Stream, str], None]
"""Is told of each line as it is written."""


class Programs(Protocol):
    """Runs commands; whoever is cancelled meanwhile has ended the command."""

    async def run(self, command: Command, environ: Mapping[str, str], said: Said) -> int:
        """Wait for its end; the answer is its exit code."""
        ...


class NoPrograms:
    """Where there is nothing to start: in front of a recording, for example."""

    async def run(self, command: Command, environ: Mapping[str, str], said: Said) -> int:  # noqa: ARG002 (the interface)
        raise ProgramError(f"Nothing can be started from here: {command}")


class Installed:
    """The programs of this machine, those that were installed with the dashboard first."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    async def run(self, command: Command, environ: Mapping[str, str], said: Said) -> int:
        program = _found(command.words[0])
        try:
            child = await asyncio.create_subprocess_exec(
                program,
                *command.words[1:],
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                cwd=self._directory,
                env=dict(environ) | {"PATH": _path(environ)},
                # A key that is meant for the dashboard must not reach it.
                start_new_session=True,
            )
        except OSError as error:
            raise ProgramError(f"Can't start {program}: {error.strerror}.") from error
        try:
            async with asyncio.TaskGroup() as reading:
                for pipe, stream in ((child.stdout, Stream.OUT), (child.stderr, Stream.ERR)):
                    if pipe is not None:
                        reading.create_task(_read(pipe, stream, said))
            return await child.wait()
        finally:
            await _end(child)


class ReadOnlyPrograms:
    """Starts what reads; refuses the rest before there is a process."""

    def __init__(self, programs: Programs) -> None:
        self._programs = programs

    async def run(self, command: Command, environ: Mapping[str, str], said: Said) -> int:
        if command.changes:
            raise ReadOnlyError(f"The dashboard is read-only. Start it with --write to run {command}")
        return await self._programs.run(command, environ, said)


def _found(name: str) -> str:
    beside = Path(sys.executable).parent / name
    found = str(beside) if beside.is_file() else shutil.which(name)
    if found is None:
        raise ProgramError(f"`{name}` is not installed on this machine, or not in PATH.")
    return found


def _path(environ: Mapping[str, str]) -> str:
    """What a shell finds: the programs that were installed with the dashboard first."""
    return os.pathsep.join([str(Path(sys.executable).parent), environ.get("PATH", os.defpath)])


async def _read(pipe: asyncio.StreamReader, stream: Stream, said: Said) -> None:
    rest = b""
    while piece := await pipe.read(PIECE):
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            said(stream, line.decode(errors="replace"))
    if rest:
        said(stream, rest.decode(errors="replace"))


async def _end(child: asyncio.subprocess.Process) -> None:
    """As Ctrl+C would, so that it can tidy up; then with all that it has started."""
    if child.returncode is not None:
        return
    with suppress(ProcessLookupError):
        child.send_signal(signal.SIGINT)
    with suppress(TimeoutError):
        # Reading to the end closes the pipes.
        await asyncio.wait_for(child.communicate(), PATIENCE_SECONDS)
        return
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    await child.communicate()
