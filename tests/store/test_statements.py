"""Repeating lost transactions, with the database's answers under the test's control."""

from collections.abc import Mapping
from typing import Any

import pytest

from server.core.errors import DuplicateError, TransactionConflictError
from server.store.binding import Binding
from server.store.engine import Variables
from server.store.statements import ATTEMPTS, LONGEST_PAUSE, StatementEngine
from tests.support.clock import ManualClock

BINDING = Binding("acme", "prod")
LOST = {"status": "ERR", "result": "Transaction conflict: Write conflict", "kind": "Query"}
TAKEN = {"status": "ERR", "result": "Database record `thing:1` already exists", "kind": "AlreadyExists"}


def ok(result: Any) -> dict[str, Any]:
    return {"status": "OK", "result": result}


class ScriptedEngine(StatementEngine):
    """Answers what it was given, one reply a query; the last one for ever."""

    kind = "scripted"

    def __init__(self, clock: ManualClock, replies: list[list[dict[str, Any]]], jitter: float = 1.0) -> None:
        super().__init__(clock, lambda: jitter)
        self.asked: list[tuple[str, bool]] = []
        self._replies = replies

    async def open(self) -> None:
        """Nothing to open."""

    async def close(self) -> None:
        """Nothing to close."""

    async def version(self) -> str:
        return "0"

    async def forget(self) -> None:
        """Nothing is kept."""

    async def _ask(self, text: str, variables: Variables, *, repeatable: bool) -> Mapping[str, Any]:
        self.asked.append((text, repeatable))
        self.variables = variables
        return {"result": self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]}


def done(result: Any) -> list[dict[str, Any]]:
    return [ok({"namespace": "acme"}), ok(None), ok(result), ok(None)]


def failed(error: dict[str, Any]) -> list[dict[str, Any]]:
    return [ok({"namespace": "acme"}), ok(None), error, error]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


async def test_every_query_names_its_database(clock: ManualClock) -> None:
    engine = ScriptedEngine(clock, [done(1)])

    await engine.read(BINDING, "RETURN 1", {"x": 1})
    assert engine.variables == {"x": 1}
    await engine.write(BINDING, "RETURN 1", repeatable=True)
    await engine.execute(BINDING, "RETURN 1")
    await engine.execute(None, "INFO FOR ROOT")

    assert engine.asked == [
        ("USE NS `acme` DB `prod`;\nRETURN 1", True),
        ("USE NS `acme` DB `prod`; BEGIN;\nRETURN 1\n; COMMIT;", True),
        ("USE NS `acme` DB `prod`;\nRETURN 1", False),
        ("INFO FOR ROOT", False),
    ]


async def test_a_lost_transaction_runs_again_as_a_whole(clock: ManualClock) -> None:
    engine = ScriptedEngine(clock, [failed(LOST), failed(LOST), done("made")])

    assert await engine.write(BINDING, "CREATE thing") == ["made"]
    assert len(engine.asked) == 3
    assert len(set(engine.asked)) == 1
    assert engine.stats.conflict_retries == 2


async def test_pauses_grow_up_to_a_limit(clock: ManualClock) -> None:
    engine = ScriptedEngine(clock, [failed(LOST)])

    with pytest.raises(TransactionConflictError, match=f"acme/prod lost against concurrent ones {ATTEMPTS} times"):
        await engine.write(BINDING, "CREATE thing")

    assert len(engine.asked) == ATTEMPTS
    assert clock.sleeps == sorted(clock.sleeps)
    assert clock.sleeps[0] < clock.sleeps[3] < clock.sleeps[-1] == LONGEST_PAUSE


async def test_pauses_are_scattered(clock: ManualClock) -> None:
    engine = ScriptedEngine(clock, [failed(LOST), done(1)], jitter=0.0)

    await engine.write(BINDING, "CREATE thing")

    assert clock.sleeps == [0.0]


async def test_other_failures_are_final(clock: ManualClock) -> None:
    engine = ScriptedEngine(clock, [failed(TAKEN), done(1)])

    with pytest.raises(DuplicateError):
        await engine.write(BINDING, "CREATE thing:1")

    assert len(engine.asked) == 1


async def test_statements_outside_a_transaction_never_run_again(clock: ManualClock) -> None:
    engine = ScriptedEngine(clock, [[ok({}), LOST], [ok({}), ok(1)]])

    with pytest.raises(TransactionConflictError):
        await engine.execute(BINDING, "UPDATE thing SET n += 1")

    assert len(engine.asked) == 1


async def test_a_transaction_that_ran_is_not_repeated_because_its_use_lost(clock: ManualClock) -> None:
    """Two first queries that create the same database: one of the USEs reports a conflict, yet both are in force."""
    engine = ScriptedEngine(clock, [[LOST, ok(None), ok("made"), ok(None)]])

    assert await engine.write(BINDING, "CREATE thing") == ["made"]
    assert len(engine.asked) == 1
