"""The surroundings a command line tool runs in."""

import getpass
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import httpx


@dataclass(frozen=True)
class Terminal:
    """Streams, environment, working folder and network of one run."""

    environ: Mapping[str, str]
    directory: Path
    stdin: TextIO
    stdout: TextIO
    stderr: TextIO
    read_hidden: Callable[[str], str] = getpass.getpass
    transport: httpx.BaseTransport | None = None
    sleep: Callable[[float], None] = time.sleep

    @classmethod
    def standard(cls) -> "Terminal":
        return cls(os.environ, Path.cwd(), sys.stdin, sys.stdout, sys.stderr)

    def ask(self, question: str) -> str:
        """One line of the answer; empty where there is nobody to answer."""
        self.stderr.write(question)
        self.stderr.flush()
        answer = self.stdin.readline().strip()
        if not self.stdin.isatty():
            # Nobody typed the line end that closes the line of the question.
            self.stderr.write("\n")
        return answer

    def said(self, prompt: str) -> Iterator[str]:
        """Each line that a person enters, or a pipe brings, until its end."""
        while True:
            if self.stdin.isatty():
                self.stderr.write(prompt)
                self.stderr.flush()
            line = self.stdin.readline()
            if not line:
                return
            if line.strip():
                yield line.strip()

    def ask_secret(self, question: str) -> str:
        """One line that is not shown while it is typed; from a pipe it is read as it comes."""
        if self.stdin.isatty():
            return self.read_hidden(question).strip()
        return self.stdin.readline().strip()
