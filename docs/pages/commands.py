"""Every command of the four programs, with its options."""

from collections.abc import Iterator
from typing import Any

import typer
from typer.core import TyperGroup

from docs.pages.table import code, table
from ops.cli import app as ops
from server.cli import app as server
from spectron.ctl.app import app as ctl
from spectron_tui.cli import app as dashboard

PROGRAMS = {"spectrond": server, "spectronctl": ctl, "spectron-ops": ops, "spectron-tui": dashboard}
INTRODUCTION = """# Commands

`--help` after any of them says the same. Their exit codes have [a page of their own](exit-codes.md).
"""


def page() -> str:
    sections = (
        _section(path, command)
        for name, program in PROGRAMS.items()
        for path, command in leaves(typer.main.get_command(program), name)
    )
    return INTRODUCTION + "".join(sections)


def leaves(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Each command that does something, with the words that call it."""
    if isinstance(command, TyperGroup):
        for name, part in command.commands.items():
            yield from leaves(part, f"{path} {name}")
    else:
        yield path, command


def parts(command: Any) -> tuple[str, str]:
    """What a command says that it does, and its example."""
    text = f"{command.help or ''}\n\n{command.epilog or ''}".strip()
    does, _, example = text.partition("Example: ")
    return " ".join(does.split()), example.strip()


def _section(path: str, command: Any) -> str:
    does, example = parts(command)
    arguments = " ".join(_argument(one) for one in command.params if one.param_type_name == "argument")
    options = [
        (code(" ".join(one.opts)), _default(one), one.help or "")
        for one in command.params
        if one.param_type_name == "option"
    ]
    shown = table(("option", "default", "what it is for"), options) if options else ""
    return f"\n## `{f'{path} {arguments}'.strip()}`\n\n{does}\n\n    {example}\n\n{shown}"


def _argument(argument: Any) -> str:
    name = f"{argument.name.upper()}…" if argument.nargs == -1 else argument.name.upper()
    return name if argument.required else f"[{name}]"


def _default(option: Any) -> str:
    given = option.default
    return "" if callable(given) or given in (None, False, "", (), []) else code(str(getattr(given, "value", given)))
