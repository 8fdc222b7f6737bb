"""What happens, as it happens: numbered events that readers follow and take up again where they left off."""

import asyncio
import contextlib
import re
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from server.core.clock import Clock
from server.core.scope import EMPTY, Scope
from server.core.visibility import Visibility
from server.core.waiting import happened

Kind = Literal["document", "job", "sweep", "trace"]

KINDS: tuple[Kind, ...] = get_args(Kind)
NUMBER = re.compile(r"[0-9]{1,18}")
CAPACITY = 4096
HEARTBEAT_SECONDS = 15.0
RESET = {"reason": "Events were missed: read again what you show, then go on from here."}


@dataclass(frozen=True)
class Event:
    """One thing that happened; its id means nothing to another process.

    One that is `confined` is not for everybody where it has no scope.
    """

    id: str
    kind: Kind | Literal["reset"]
    context_id: str | None
    data: Mapping[str, Any]
    scope: Scope
    at: datetime
    confined: bool = False


@dataclass(frozen=True)
class Wanted:
    """Which events a reader gets; None is all of them."""

    context_id: str | None = None
    kinds: frozenset[Kind] | None = None
    visibility: Visibility | None = None

    def admits(self, event: Event) -> bool:
        return (
            (self.context_id is None or event.context_id == self.context_id)
            and (self.kinds is None or event.kind in self.kinds)
            and (self.visibility is None or self._may_know(self.visibility, event))
        )

    @staticmethod
    def _may_know(visibility: Visibility, event: Event) -> bool:
        return visibility.confines(event.scope) if event.confined else visibility.admits(event.scope)


class EventBus:
    """Keeps the latest events in a ring that all readers share.

    A reader is only a place in it: it costs nothing to be slow, until its place is overwritten and it is dropped.
    """

    def __init__(
        self, clock: Clock, epoch: str, *, capacity: int = CAPACITY, heartbeat_seconds: float = HEARTBEAT_SECONDS
    ) -> None:
        """`epoch` tells this process from all others and holds no hyphen."""
        self._clock = clock
        self._epoch = epoch
        self._capacity = capacity
        self._heartbeat_seconds = heartbeat_seconds
        self._ring: list[Event] = []
        self._last = 0
        self._news = asyncio.Event()
        self._closed = False
        self._readers = 0
        self._dropped = 0

    def publish(
        self,
        kind: Kind,
        context_id: str | None,
        data: Mapping[str, Any],
        scope: Scope = EMPTY,
        *,
        confined: bool = False,
    ) -> Event:
        """Tell all readers; `data` must be fit for JSON. Never waits."""
        self._last += 1
        event = Event(self._id(self._last), kind, context_id, data, scope, self._clock.now(), confined)
        if len(self._ring) < self._capacity:
            self._ring.append(event)
        else:
            self._ring[(self._last - 1) % self._capacity] = event
        self._wake()
        return event

    def gauges(self) -> Mapping[str, float]:
        """Who reads, and how many were too slow since the bus was made."""
        return {"readers": float(self._readers), "dropped": float(self._dropped), "published": float(self._last)}

    def close(self) -> None:
        """Let every reader come to its end."""
        self._closed = True
        self._wake()

    async def follow(self, wanted: Wanted, last_event_id: str | None = None) -> AsyncGenerator[Event | None, None]:
        """Events as they come, after the one that was seen last; None is a heartbeat while there are none.

        Where some have been missed for good, a `reset` comes first. Ends when the bus is closed, and for a reader that
        is too slow.
        """
        self._readers += 1
        try:
            place = self._last if last_event_id is None else self._place(last_event_id)
            if place is None:
                place = self._last
                yield Event(self._id(place), "reset", wanted.context_id, RESET, EMPTY, self._clock.now())
            async with contextlib.aclosing(self._after(place, wanted)) as events:
                async for event in events:
                    yield event
        finally:
            self._readers -= 1

    async def _after(self, place: int, wanted: Wanted) -> AsyncGenerator[Event | None, None]:
        beat_at = self._clock.monotonic() + self._heartbeat_seconds
        while not self._closed:
            if place < self._oldest - 1:
                self._dropped += 1
                return
            if place < self._last:
                place += 1
                event = self._ring[(place - 1) % self._capacity]
                if not wanted.admits(event):
                    continue
                yield event
            elif await happened(self._news, self._clock, max(0.0, beat_at - self._clock.monotonic())):
                continue
            else:
                yield None
            beat_at = self._clock.monotonic() + self._heartbeat_seconds

    def _wake(self) -> None:
        """Wake everybody who waits now; who comes later waits for the next event."""
        self._news.set()
        self._news = asyncio.Event()

    def _id(self, number: int) -> str:
        return f"{self._epoch}-{number}"

    def _place(self, event_id: str) -> int | None:
        """Where a reader stands that has seen this event; None if what came after it is not all here."""
        epoch, _, number = event_id.partition("-")
        if epoch != self._epoch or not NUMBER.fullmatch(number):
            return None
        place = int(number)
        return place if self._oldest - 1 <= place <= self._last else None

    @property
    def _oldest(self) -> int:
        return self._last - len(self._ring) + 1
