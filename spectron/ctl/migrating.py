"""A Context on its way to another database: made, compared, and the old one dealt with."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from spectron.errors import ArgumentError, ContextNotFoundError, SpectronError
from spectron.models.dump import Digest, Restored
from spectron.sync.client import SpectronManagement

LOOKING_SECONDS = 2.0
STEPS = 10
# Rows of these come and go with whoever asks.
PASSING = frozenset({"decision_trace"})
# Its rows say where their originals lie, which is below the Context's own name.
MOVED = frozenset({"document"})


@dataclass(frozen=True, slots=True)
class Move:
    """Which Context becomes which, and where that lives."""

    old: str
    new: str
    namespace: str
    database: str


class Migration:
    """Makes the new Context unless an earlier run has; whatever is killed, the next run goes on from there."""

    def __init__(
        self, admin: SpectronManagement, move: Move, say: Callable[[str], None], sleep: Callable[[float], None]
    ) -> None:
        self._admin = admin
        self._move = move
        self._say = say
        self._sleep = sleep

    def is_made(self) -> bool:
        """Whether the new Context is there, made of the old one; one that is being made or undone is waited for."""
        while True:
            try:
                found = self._admin.contexts.get(self._move.new)
            except ContextNotFoundError:
                return False
            if found.state != "creating":
                break
            self._say(f"{self._move.new} is being made; waiting until it is there or undone.")
            self._sleep(LOOKING_SECONDS)
        if self._made_of() != f"copy of {self._move.old}":
            raise ArgumentError(
                f"There is a Context {self._move.new} already, and it was not made of {self._move.old}. Choose another "
                "id."
            )
        if (found.namespace, found.database) != (self._move.namespace, self._move.database):
            raise ArgumentError(
                f"{self._move.new} was made of {self._move.old}, but lives in {found.namespace}/{found.database}. "
                "Say so, or delete it first."
            )
        return True

    def make(self) -> Restored:
        """Make it, telling how far that is."""
        total = self._rows(self._move.old)
        with ThreadPoolExecutor(1) as pool:
            copying = pool.submit(
                self._admin.contexts.copy,
                id=self._move.new,
                of=self._move.old,
                namespace=self._move.namespace,
                database=self._move.database,
            )
            self._follow(copying, total)
            return copying.result()

    def differences(self) -> list[str]:
        """The tables in which the two differ now."""
        old, new = (self._admin.contexts(one).digest() for one in (self._move.old, self._move.new))
        return [name for name in sorted({*old.tables, *new.tables} - PASSING) if not _alike(name, old, new)]

    def _follow(self, copying: "Future[Restored]", total: int) -> None:
        told = 0
        while not wait([copying], timeout=LOOKING_SECONDS).done:
            try:
                done = self._rows(self._move.new)
            except SpectronError:
                continue  # it is not there yet, or looking at it takes too long; the copying itself will tell
            step = min(done * STEPS // max(total, 1), STEPS)
            if step > told:
                told = step
                self._say(f"{done:,} of {total:,} rows are there.")

    def _rows(self, context: str) -> int:
        return sum(self._admin.contexts(context).stats().tables.values())

    def _made_of(self) -> str | None:
        for event in self._admin.contexts(self._move.new).iterate_audit(kind="context"):
            if event.action == "context.restore":
                return str(event.detail.get("source"))
            if event.action == "context.create":
                return None
        return None


def _alike(table: str, old: Digest, new: Digest) -> bool:
    before, after = old.tables.get(table), new.tables.get(table)
    if before is None or after is None:
        return False
    return before["rows"] == after["rows"] if table in MOVED else before == after


def revoke_keys(admin: SpectronManagement, context: str) -> int:
    """Make every key of a Context unusable; says how many were not already."""
    keys = admin.contexts(context).keys
    active = [key for key in keys.list() if key.state == "active"]
    for key in active:
        keys.revoke(key.id)
    return len(active)
