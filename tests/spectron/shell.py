"""Runs `spectronctl` in this process, in a home and a working folder of its own."""

import contextlib
import io
import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import typer

from spectron.ctl.app import app as spectronctl
from spectron.terminal.terminal import Terminal
from tests.spectron.exchange import Exchange


@dataclass(frozen=True)
class Outcome:
    """What one run left behind."""

    code: int
    stdout: str
    stderr: str

    @property
    def json(self) -> Any:
        return json.loads(self.stdout)


class TypedInput(io.StringIO):
    """Standard input with a person at the other end."""

    def isatty(self) -> bool:
        return True


class Shell:
    """Commands run one after another against one scripted server."""

    def __init__(self, folder: Path, *script: httpx.Response | Exception, **environ: str) -> None:
        self.exchange = Exchange(*script)
        self.folder = folder
        self.home = folder / "home"
        self.environ: Mapping[str, str] = {"HOME": str(self.home), "SPECTRON_API_KEY": "mgmt-id-secret", **environ}
        self.questions: list[str] = []

    @property
    def profile_file(self) -> Path:
        return self.home / ".config/spectron/profiles.json"

    def run(
        self, line: str, *, stdin: str = "", typed: str | None = None, hidden: str = "", app: typer.Typer = spectronctl
    ) -> Outcome:
        """One command line after the program's name; `typed` and `hidden` are what a person enters."""
        stdout, stderr = io.StringIO(), io.StringIO()

        def read_hidden(question: str) -> str:
            self.questions.append(question)
            return hidden

        terminal = Terminal(
            self.environ,
            self.folder,
            io.StringIO(stdin) if typed is None else TypedInput(typed),
            stdout,
            stderr,
            read_hidden=read_hidden,
            transport=self.exchange.transport,
            sleep=lambda _: None,
        )
        code = 0
        with contextlib.redirect_stdout(stdout), contextlib.redirect_stderr(stderr):
            try:
                app(shlex.split(line), prog_name="spectronctl", obj=terminal)
            except SystemExit as stop:
                code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
        return Outcome(code, stdout.getvalue(), stderr.getvalue())
