"""The example in the help of each command is one that the program takes."""

import shlex
from collections.abc import Iterator
from typing import Any

import pytest
import typer
from typer.core import TyperGroup

from docs.pages.commands import PROGRAMS, leaves, parts


def examples() -> Iterator[Any]:
    for name in ("spectron-ops", "spectrond"):
        for path, command in leaves(typer.main.get_command(PROGRAMS[name]), name):
            yield pytest.param(path, parts(command)[1], id=path)


@pytest.mark.parametrize(("path", "example"), examples())
def test_it_is_understood(path: str, example: str) -> None:
    """Parsed to its last word, and not run."""
    words = [word for word in shlex.split(example.partition(" > ")[0]) if not word.startswith("SPECTRON_")]
    assert " ".join(words).startswith(path)
    program, *rest = words
    command: Any = typer.main.get_command(PROGRAMS[program])
    context = None
    while isinstance(command, TyperGroup):
        name, *rest = rest
        context = typer.Context(command, parent=context, info_name=name)
        command = command.commands[name]
    made = command.make_context(path, rest, parent=context)
    assert not made.args
