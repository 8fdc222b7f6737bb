"""Backups at one moment: sets, what pruning would do, drills, and what is scheduled."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass as plain_dataclass
from dataclasses import field
from datetime import datetime
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from spectron_tui.feed.panel import Panel
from spectron_tui.programs import ops
from spectron_tui.programs.answer import answer
from spectron_tui.programs.command import Command
from spectron_tui.programs.programs import ProgramError, Programs

AT_ONCE = 2
NOTHING = 3
"""The exit code of a command that found nothing to work on."""
NO_REPOSITORY = (
    "Nobody said where the backups are. Start with --repository ADDRESS, set SPECTRON_BACKUP_REPOSITORY, or keep it in "
    "the profile: spectronctl login --profile NAME --repository ADDRESS"
)
ValueT = TypeVar("ValueT")


@dataclass(frozen=True)
class Mark:
    """When and why a set was held, drilled, verified, or is being read."""

    at: datetime
    reason: str = ""
    passed: bool = True


@dataclass(frozen=True)
class BackupSet:
    """One set, as `backup list` tells of it."""

    id: str
    started_at: datetime
    state: str
    good: bool
    complete: bool
    contexts: tuple[str, ...]
    rows: int
    bytes: int
    encrypted: bool
    marks: dict[str, Mark | None]


@dataclass(frozen=True)
class Listing:
    """Every set, the newest first, and those whose manifest can't be read."""

    sets: tuple[BackupSet, ...]
    damaged: dict[str, str] = field(default_factory=dict)

    @property
    def newest_good(self) -> BackupSet | None:
        """The newest that holds every Context, without any alarm."""
        return next((one for one in self.sets if one.good and one.complete), None)


@dataclass(frozen=True)
class Decision:
    """What pruning would do with a set, and why."""

    id: str
    keep: bool
    reason: str


@dataclass(frozen=True)
class DrillResult:
    """A past drill."""

    set_id: str
    begun_at: datetime
    passed: bool
    seconds_to_recover: float | None = None


@dataclass(frozen=True)
class ScheduledJob:
    """A job of the schedule: when it runs next, and how it ended the last time."""

    name: str
    run: str
    next: datetime
    succeeded_at: datetime | None = None
    finished_at: datetime | None = None
    exit_code: int | None = None
    message: str = ""


@plain_dataclass(frozen=True)
class Vault:
    """Everything that is known of the backups; each part may be older than the others."""

    listing: Panel[Listing] = field(default_factory=Panel)
    decisions: Panel[tuple[Decision, ...]] = field(default_factory=Panel)
    drills: Panel[tuple[DrillResult, ...]] = field(default_factory=Panel)
    jobs: Panel[tuple[ScheduledJob, ...]] = field(default_factory=Panel)

    @property
    def last_passed(self) -> DrillResult | None:
        return next((one for one in self.drills.value or () if one.passed), None)


async def observe(programs: Programs, environ: Mapping[str, str], before: Vault, now: datetime) -> Vault:
    """Ask for every part; one that fails keeps what it had."""
    if not environ.get("SPECTRON_BACKUP_REPOSITORY"):
        return Vault(Panel(absent=NO_REPOSITORY))
    turns = asyncio.Semaphore(AT_ONCE)

    async def in_turn(panel: Panel[ValueT], command: Command, key: str, kind: type[ValueT]) -> Panel[ValueT]:
        async with turns:
            return await panel.refreshed(lambda: asked(programs, environ, command, key, kind), now)

    return Vault(
        *await asyncio.gather(
            in_turn(before.listing, ops.LIST, "", Listing),
            in_turn(before.decisions, ops.DECISIONS, "sets", tuple[Decision, ...]),
            in_turn(before.drills, ops.DRILLS, "drills", tuple[DrillResult, ...]),
            in_turn(before.jobs, ops.SCHEDULE, "jobs", tuple[ScheduledJob, ...]),
        )
    )


async def decided(programs: Programs, environ: Mapping[str, str]) -> tuple[Decision, ...]:
    """What pruning would do now, with each set."""
    return await asked(programs, environ, ops.DECISIONS, "sets", tuple[Decision, ...])


async def asked(
    programs: Programs, environ: Mapping[str, str], command: Command, key: str, kind: type[ValueT]
) -> ValueT:
    """What stands under that key of the answer, or the whole of it; nothing to work on is an empty list."""
    try:
        document = await answer(programs, command, environ)
    except ProgramError as error:
        if error.code != NOTHING or not key:
            raise
        document = {key: []}
    try:
        return TypeAdapter(kind).validate_python(document[key] if key else document)
    except (ValidationError, KeyError, TypeError) as error:
        raise ProgramError(f"{command} answered something else than expected: {error}") from error
