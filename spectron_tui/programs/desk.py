"""Where commands about the present server are started, and what is kept of them."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from runbooks.library import Library
from spectron.target import Target
from spectron_tui.feed import vault
from spectron_tui.feed.vault import Vault
from spectron_tui.programs.attended import Attended
from spectron_tui.programs.command import Command
from spectron_tui.programs.environ import environ_of
from spectron_tui.programs.programs import Programs
from spectron_tui.programs.run import Run
from spectron_tui.programs.runs import Runs
from spectron_tui.programs.timeline import Note, as_document


class Desk:
    """One server and its backups at a time; runs, notes and what was filled in stay when the server changes."""

    def __init__(
        self,
        programs: Programs,
        environ: Mapping[str, str],
        now: Callable[[], datetime],
        changed: Callable[[Run], None],
        target: Target,
        repository: str | None,
    ) -> None:
        self.programs = Attended(programs)
        self.runs = Runs(programs, now, changed)
        self.library = Library.shipped()
        self.target = target
        self.repository = repository
        self.vault = Vault()
        self.notes: list[Note] = []
        self.filled: dict[str, str] = {}
        """What was filled into commands of runbooks, secrets excepted."""
        self._environ = environ
        self._now = now

    def environ(self) -> dict[str, str]:
        """What commands about the present server find in their environment."""
        return environ_of(self._environ, self.target, self.repository)

    def turn_to(self, target: Target, repository: str | None) -> None:
        """Another server, whose backups are elsewhere."""
        self.target, self.repository, self.vault = target, repository, Vault()

    def start(
        self, command: Command, *, page: str | None = None, values: Mapping[str, str] | None = None, shown: str = ""
    ) -> Run:
        """Start a command that goes on whichever screen is looked at."""
        return self.runs.start(command, self.environ() | dict(values or {}), page=page, shown=shown)

    def note(self, text: str) -> None:
        """Add a sentence to the timeline."""
        self.notes.append(Note(self._now(), text))

    def timeline(self) -> dict[str, Any]:
        """What was run and noted since the dashboard was opened."""
        return as_document(self.target.url, self.runs.log, self.notes)

    async def look_at_backups(self) -> Vault:
        """Ask what there is in the repository."""
        self.vault = await vault.observe(self.programs, self.environ(), self.vault, self._now())
        return self.vault

    async def close(self) -> None:
        """End what is at work, and wait until it has ended."""
        await self.runs.end_all()
        await self.programs.end_all()
