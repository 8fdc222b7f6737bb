"""What a command that prints JSON answers."""

import json
from collections.abc import Mapping
from typing import Any

from spectron_tui.programs.command import Command
from spectron_tui.programs.programs import ProgramError, Programs, Stream

WORDS = 3


async def answer(programs: Programs, command: Command, environ: Mapping[str, str]) -> Any:
    """The document that it prints, whatever its exit code; `ProgramError` with its own words where it prints none."""
    lines: dict[Stream, list[str]] = {stream: [] for stream in Stream}
    code = await programs.run(command, environ, lambda stream, line: lines[stream].append(line))
    try:
        return json.loads("\n".join(lines[Stream.OUT]))
    except ValueError:
        words = " ".join(line for line in lines[Stream.ERR][-WORDS:] if line.strip()).removeprefix("Error: ")
        raise ProgramError(words or f"{command} ended with exit code {code} and said nothing.", code) from None
