"""What is known of a set beyond what it holds: that it is held, was drilled, or is being read."""

import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from ops.dump import Frozen
from ops.repository.names import MARKS, owner_of
from ops.repository.storage import Storage

READING_LEASE = timedelta(hours=12)


class Mark(Frozen):
    """Why and when; a mark with an end means nothing after it."""

    at: datetime
    reason: str = ""
    passed: bool = True
    """Whether what it tells of went well."""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Marked:
    """All marks of one set that are in force."""

    held: Mark | None = None
    drilled: Mark | None = None
    read: Mark | None = None
    verified: Mark | None = None


NO_MARKS = Marked()


class Marks:
    """Small files beside the sets, so that a set itself never changes."""

    def __init__(self, storage: Storage, now: Callable[[], datetime]) -> None:
        self._storage = storage
        self._now = now

    def hold(self, set_id: str, reason: str) -> None:
        self._put(f"{MARKS}{set_id}/held.json", Mark(at=self._now(), reason=reason))

    def release(self, set_id: str) -> None:
        self._storage.delete(f"{MARKS}{set_id}/held.json")

    def drilled(self, set_id: str, result: str) -> None:
        self._put(f"{MARKS}{set_id}/drilled.json", Mark(at=self._now(), reason=result))

    def verified(self, set_id: str, result: str, *, passed: bool) -> None:
        self._put(f"{MARKS}{set_id}/verified.json", Mark(at=self._now(), reason=result, passed=passed))

    @contextmanager
    def reading(self, set_id: str, purpose: str) -> Iterator[None]:
        """Keep the set from being pruned meanwhile; after a crash this ends by itself."""
        name = f"{MARKS}{set_id}/reading-{secrets.token_hex(6)}.json"
        self._put(name, Mark(at=self._now(), reason=purpose, until=self._now() + READING_LEASE))
        try:
            yield
        finally:
            self._storage.delete(name)

    def all(self) -> dict[str, Marked]:
        """The marks in force, by set."""
        return self._below(MARKS)

    def of(self, set_id: str) -> Marked:
        """The marks in force of one set."""
        return self._below(f"{MARKS}{set_id}/").get(set_id, Marked())

    def _below(self, prefix: str) -> dict[str, Marked]:
        found: dict[str, dict[str, Mark]] = {}
        for stored in [*self._storage.list(prefix)]:
            mark = self._read(stored.name)
            if mark is not None:
                kind = stored.name.rpartition("/")[2].partition("-")[0].removesuffix(".json")
                found.setdefault(owner_of(stored.name), {})[kind] = mark
        return {
            set_id: Marked(kinds.get("held"), kinds.get("drilled"), kinds.get("reading"), kinds.get("verified"))
            for set_id, kinds in found.items()
        }

    def forget(self, set_id: str) -> None:
        """Remove all marks of a set that is no more."""
        for stored in [*self._storage.list(f"{MARKS}{set_id}/")]:
            self._storage.delete(stored.name)

    def _put(self, name: str, mark: Mark) -> None:
        self._storage.put(name, json.dumps(mark.model_dump(mode="json")).encode())

    def _read(self, name: str) -> Mark | None:
        """The mark in force; one that can't be read counts, because it may keep a set from being deleted."""
        tagged = self._storage.read(name)
        if tagged is None:
            return None
        try:
            mark = Mark.model_validate_json(tagged.data)
        except ValueError:
            return Mark(at=self._now(), reason=f"{name} can't be read")
        return mark if mark.until is None or mark.until > self._now() else None
