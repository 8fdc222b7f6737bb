"""One part of a screen, and how far what it shows can be trusted."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar

from spectron.errors import ContextNotFoundError, SpectronError

ValueT = TypeVar("ValueT")
GONE = "The Context is deleted; press 2 for those there are."
"""Of what was there a moment ago."""


class Condition(StrEnum):
    """The states of a panel; each has a sign and a word, so that colour is not needed to tell them apart."""

    LOADING = "loading"
    READY = "ready"
    EMPTY = "empty"
    FAILED = "failed"
    STALE = "stale"


SIGNS = {
    Condition.LOADING: "◌",
    Condition.READY: "●",
    Condition.EMPTY: "○",
    Condition.FAILED: "✗",
    Condition.STALE: "▲",
}


@dataclass(frozen=True)
class Panel(Generic[ValueT]):
    """The last value, when it was taken, and the error of the last try where that failed."""

    value: ValueT | None = None
    taken_at: datetime | None = None
    error: str | None = None
    absent: str | None = None
    """Why there is nothing to ask for, and what would change that."""

    @property
    def condition(self) -> Condition:
        if self.value is None:
            return Condition.FAILED if self.error else Condition.EMPTY if self.absent else Condition.LOADING
        if self.error:
            return Condition.STALE
        return Condition.EMPTY if isinstance(self.value, tuple) and not self.value else Condition.READY

    async def refreshed(self, ask: Callable[[], Awaitable[ValueT]], now: datetime) -> "Panel[ValueT]":
        """The panel with the answer, or with what it had and the reason why there is no newer value.

        It takes the question, not the answer under way: what is cancelled before it began leaves nothing behind.
        """
        try:
            return Panel(await ask(), now)
        except ContextNotFoundError as error:
            return replace(self, error=str(error) if self.value is None else GONE)
        except SpectronError as error:
            return replace(self, error=str(error))

    def age(self, now: datetime) -> float | None:
        """Seconds since the value was taken."""
        return None if self.taken_at is None else max(0.0, (now - self.taken_at).total_seconds())
