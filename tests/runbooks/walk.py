"""Following a page as somebody would who is on call: command by command, and looking at what it says."""

import re
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template
from types import TracebackType
from typing import Self

from runbooks.library import Library
from runbooks.page import Command
from tests.support.deployment import BIN
from tests.support.processes import Process

PATIENCE_SECONDS = 60.0
PAUSE_SECONDS = 0.3
SHELL = "/bin/bash"
SERVES = re.compile(r"spectrond (dev|api|worker|scheduler) start")


class Walk:
    """One page, its variables, and the commands that are still to be run; all must be run in the end."""

    def __init__(self, slug: str, folder: Path, variables: Mapping[str, str]) -> None:
        page = Library.shipped().page(slug)
        assert page is not None, f"there is no page {slug}"
        self.page = page
        self.services: list[Process] = []
        self._folder = folder
        self._variables = {"PATH": f"{BIN}:/usr/bin:/bin", "HOME": str(folder), "COLUMNS": "200", **variables}
        self._left = list(self.page.commands)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for service in self.services:
            service.kill()
        if error is None:
            assert not self._left, f"{self.page.slug}: never run: {self._left[0].text}"

    def know(self, **variables: str) -> None:
        """Fill in what the reader fills in."""
        self._variables |= variables

    def follow(self, section: str, commands: int | None = None) -> str:
        """Run the commands of a section that are left, or the next few of them; what they printed."""
        printed = []
        assert self._left, f"{self.page.slug}: no command is left for {section!r}"
        while self._left and self._left[0].section == section and commands != 0:
            printed.append(self._run(self._left.pop(0)))
            commands = None if commands is None else commands - 1
        assert printed, f"{self.page.slug}: the next command stands under {self._left[0].section!r}"
        assert not commands, f"{self.page.slug}: {section!r} has {commands} commands too few"
        return "\n".join(printed)

    def _run(self, command: Command) -> str:
        missing = [name for name in command.variables if name not in self._variables]
        assert not missing, f"{self.page.slug}: nobody filled in {missing} of {command.text}"
        if SERVES.search(command.text):
            return self._serve(command)
        # What only looks is looked at again, as people do, until it says what is waited for.
        deadline = time.monotonic() + (0 if command.changes else PATIENCE_SECONDS)
        while True:
            done = subprocess.run(
                [SHELL, "-uc", command.text],
                env=self._variables,
                cwd=self._folder,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                text=True,
                check=False,
                timeout=300,
            )
            wrong = _differences(self._expected(command), done.stdout)
            if done.returncode != command.exit_code:
                wrong = f"ended with {done.returncode}, not with {command.exit_code}"
            if not wrong:
                return done.stdout
            assert time.monotonic() < deadline, f"{self.page.slug}: $ {command.text}\n{wrong}\nin:\n{done.stdout}"
            time.sleep(PAUSE_SECONDS)

    def _serve(self, command: Command) -> str:
        log = self._folder / f"service-{len(self.services)}.log"
        process = Process([SHELL, "-uc", f"exec {command.text}"], log, environment=self._variables)
        self.services.append(process)
        for line in self._expected(command):
            process.wait_for(_pattern(line))
        return process.output

    def _expected(self, command: Command) -> list[str]:
        return [Template(line).safe_substitute(self._variables) for line in command.seen]


def _differences(seen: Sequence[str], printed: str) -> str:
    lines = [" ".join(line.split()) for line in printed.splitlines()]
    for expected in seen:
        found = next((at for at, line in enumerate(lines) if re.search(_pattern(expected), line)), None)
        if found is None:
            return f"does not say, or not in this order: {expected}"
        lines = lines[found + 1 :]
    return ""


def _pattern(line: str) -> str:
    return ".*".join(re.escape(part.strip()) for part in " ".join(line.split()).split("…"))
