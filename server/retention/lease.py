"""Who may sweep: one process at a time, whichever clocks and crashes come in between."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from server.core.clock import Clock
from server.core.errors import ThrownError
from server.store.engine import Database

SPAN = timedelta(seconds=60)
HELD = "held"
LOST = "lost"

# A lease that reaches further than one may was written while a clock was wrong, and binds nobody.
ACQUIRE = f"""LET $lease = (SELECT * FROM ONLY type::record('lease', $id));
IF $lease != NONE AND $lease.expires_at > $now AND $lease.expires_at <= $until {{ THROW '{HELD}' }};
UPSERT type::record('lease', $id) SET holder = $holder, expires_at = $until, fence = ($lease.fence ?? 0) + 1
    RETURN NONE;
type::record('lease', $id).fence"""
MINE = f"""IF (SELECT VALUE id FROM type::record('lease', $id) WHERE holder = $holder AND fence = $fence) = []
    {{ THROW '{LOST}' }};"""
RENEW = f"{MINE} UPDATE type::record('lease', $id) SET expires_at = $until, fence = $raised RETURN NONE"
RELEASE = (
    "UPDATE type::record('lease', $id) SET expires_at = $now WHERE holder = $holder AND fence = $fence RETURN NONE"
)
LAPSE = "UPDATE type::record('lease', $id) SET expires_at = $now WHERE expires_at > $now RETURN NONE"
CURRENT = "SELECT holder, expires_at FROM type::record('lease', $id) WHERE expires_at > $now"


@dataclass(frozen=True)
class Held:
    """The right itself; `fence` is higher than that of every holder before."""

    holder: str
    fence: int


class Lease:
    """A right in the control database, which lapses unless it is renewed."""

    def __init__(self, metadata: Database, clock: Clock, name: str, *, span: timedelta = SPAN) -> None:
        self._metadata = metadata
        self._clock = clock
        self._name = name
        self._span = span

    async def acquire(self, holder: str) -> Held | None:
        """The right, or None while somebody else has it."""
        try:
            results = await self._metadata.write(ACQUIRE, self._variables(holder=holder))
        except ThrownError:
            return None
        return Held(holder, results[-1])

    async def renew(self, held: Held, *, fence: int | None = None) -> Held | None:
        """Keep the right, with a higher fence where one is asked for; None if it is lost."""
        raised = max(held.fence, fence or 0)
        values = self._variables(holder=held.holder, fence=held.fence, raised=raised)
        try:
            await self._metadata.write(RENEW, values)
        except ThrownError:
            return None
        return replace(held, fence=raised)

    async def release(self, held: Held) -> None:
        """Let the next one in at once; nothing happens if the right is lost already."""
        await self._metadata.write(RELEASE, self._variables(holder=held.holder, fence=held.fence), repeatable=True)

    async def lapse(self) -> None:
        """End the lease, whoever has it; for an engine that no other process can use."""
        await self._metadata.write(LAPSE, self._variables(), repeatable=True)

    async def holder(self) -> str | None:
        """Who has it now."""
        row = await self._metadata.row(CURRENT, self._variables())
        return row["holder"] if row else None

    def _variables(self, **more: Any) -> dict[str, Any]:
        now = self._clock.now()
        return {"id": self._name, "now": now, "until": now + self._span, **more}
