"""Rows while a turn is worked in: as they were, as they are to be, and which are new."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Generic

from surrealdb import RecordID

from server.memory.beliefs import AnyBelief, PastEnd


class Ledger(Generic[AnyBelief]):
    """Keeps the first and the latest state of each row."""

    def __init__(self, stored: Iterable[AnyBelief], recorded_at: datetime) -> None:
        self._before: dict[RecordID, AnyBelief] = {row.id: row for row in stored}
        self._now: dict[RecordID, AnyBelief] = dict(self._before)
        self._recorded_at = recorded_at

    def __iter__(self) -> Iterator[AnyBelief]:
        return iter(list(self._now.values()))

    def get(self, row_id: RecordID | None) -> AnyBelief | None:
        return None if row_id is None else self._now.get(row_id)

    def put(self, row: AnyBelief) -> AnyBelief:
        self._now[row.id] = row
        return row

    def end(self, row: AnyBelief, until: datetime) -> AnyBelief:
        """Let a row hold no longer than that, which is learnt now."""
        until = until if row.valid_from is None else max(row.valid_from, until)
        if row.valid_until is not None and row.valid_until <= until:
            return row
        return self.put(self._ended(row, until))

    def prolong(self, row: AnyBelief, until: datetime) -> AnyBelief:
        """Give a row the end that was stated now, earlier or later than the one it had."""
        return row if row.valid_until == until else self.put(self._ended(row, until))

    def created(self) -> list[AnyBelief]:
        return [row for row_id, row in self._now.items() if row_id not in self._before]

    def changed(self) -> list[tuple[AnyBelief, AnyBelief]]:
        """Each changed row as it was and as it is to be."""
        return [(was, self._now[row_id]) for row_id, was in self._before.items() if self._now[row_id] != was]

    def _ended(self, row: AnyBelief, until: datetime) -> AnyBelief:
        past = PastEnd(row.valid_until, self._recorded_at)
        return replace(row, valid_until=until, retracted_at=self._recorded_at, past_ends=(*row.past_ends, past))
