"""`spectron-ops` of a deployment that exists on a recording alone."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from spectron_tui.programs import ops
from spectron_tui.programs.command import Command
from spectron_tui.programs.programs import ProgramError, Said, Stream

REPOSITORY = "/var/backups/spectron"
KEPT_DAYS, WEEKS = 6, (13, 20, 27, 34)
ROWS, BYTES = 48_210, 21_400_000
DAY = timedelta(days=1)


class Demonstration:
    """Answers what only looks, as it would be at the moment that is played; nothing is ever started."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now

    async def run(self, command: Command, environ: Mapping[str, str], said: Said) -> int:  # noqa: ARG002 (the interface)
        answer = self._answer(command)
        if answer is None:
            raise ProgramError("This is a demonstration: there is nothing behind it that a command could reach.")
        said(Stream.OUT, json.dumps(answer))
        return 0

    def _answer(self, command: Command) -> dict[str, Any] | None:
        if command == ops.LIST:
            return {"sets": [self._set(age) for age in self._ages()], "damaged": {}}
        if command == ops.DECISIONS:
            return {"sets": [self._decision(age) for age in self._ages()]}
        if command == ops.DRILLS:
            return {"drills": [self._drill(age) for age in (1, 13)]}
        return {"jobs": self._jobs()} if command == ops.SCHEDULE else None

    def _ages(self) -> tuple[int, ...]:
        return (*range(KEPT_DAYS), *WEEKS)

    def _begun(self, age: int) -> datetime:
        return self._now().replace(hour=2, minute=34, second=0, microsecond=0) - (age + 1) * DAY

    def _id(self, age: int) -> str:
        return f"{self._begun(age):%Y%m%dT%H%M%SZ}-{0xA1B2C3 + 7919 * age:06x}"

    def _set(self, age: int) -> dict[str, Any]:
        good = age != KEPT_DAYS - 1
        at = self._begun(age).isoformat()
        verified = {"at": at, "reason": "as written", "passed": True} if age % 7 == 1 else None
        held = {"at": at, "reason": "audit 2026"} if age == WEEKS[-1] else None
        return {
            "id": self._id(age),
            "started_at": at,
            "state": "good" if good else "suspicious",
            "good": good,
            "complete": True,
            "contexts": ["acme-prod", "globex-staging", "initech-dev"],
            "rows": ROWS - 311 * age,
            "bytes": BYTES - 90_000 * age,
            "encrypted": True,
            "marks": {"held": held, "verified": verified, "drilled": None, "read": None},
        }

    def _decision(self, age: int) -> dict[str, Any]:
        day = f"{self._begun(age):%Y-%m-%d}"
        reason = f"the set of {day}, a day less than 30 ago"
        if age == 0:
            reason = "the newest good set"
        elif age == WEEKS[-1]:
            reason = "held: audit 2026"
        goes = age == WEEKS[-2]
        return {"id": self._id(age), "keep": not goes, "reason": f"the same day has {self._id(0)}" if goes else reason}

    def _drill(self, age: int) -> dict[str, Any]:
        begun = self._begun(age) + timedelta(hours=3)
        return {"set_id": self._id(age), "begun_at": begun.isoformat(), "passed": True, "seconds_to_recover": 14.2}

    def _jobs(self) -> list[dict[str, Any]]:
        following = self._begun(0) + 2 * DAY
        times = {
            "daily-backup": following,
            "prune": following + timedelta(hours=3),
            "weekly-drill": following + 3 * DAY,
        }
        ended = self._begun(0).isoformat()
        return [
            {"name": name, "run": name, "next": at.isoformat(), "succeeded_at": ended, "exit_code": 0}
            for name, at in times.items()
        ]
