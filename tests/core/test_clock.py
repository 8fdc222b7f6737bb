"""Time comes from one clock: nothing else in the server asks the machine what time it is."""

import ast
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import server
from server.core.clock import SystemClock

ROOT = Path(server.__file__).parent
CLOCK = ROOT / "core" / "clock.py"
# Waits for no time at all.
YIELD = "asyncio.sleep(0)"
ASKING = {
    "datetime.now", "datetime.utcnow", "datetime.today", "datetime.datetime.now", "datetime.datetime.utcnow",
    "datetime.datetime.today", "date.today", "datetime.date.today", "time.time", "time.time_ns", "time.monotonic",
    "time.monotonic_ns", "time.sleep", "time.localtime", "time.gmtime", "asyncio.sleep",
}  # fmt: skip


def asked(path: Path) -> Iterator[str]:
    """Where a file asks the machine for the time or to wait, or takes the means to from their modules."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8").replace(YIELD, "yields"))):
        if isinstance(node, ast.Attribute) and ast.unparse(node) in ASKING:
            yield f"{path.relative_to(ROOT)}:{node.lineno}: {ast.unparse(node)}"
        if isinstance(node, ast.ImportFrom):
            names = (f"{node.module}.{alias.name}" for alias in node.names)
            yield from (f"{path.relative_to(ROOT)}:{node.lineno}: from {name}" for name in names if name in ASKING)


def test_nothing_but_the_clock_asks_the_machine_for_the_time() -> None:
    sources = [path for path in ROOT.rglob("*.py") if path != CLOCK]
    assert len(sources) > 100
    assert [place for path in sources for place in asked(path)] == []
    assert any(asked(CLOCK))


def test_the_clock_is_in_utc() -> None:
    assert SystemClock().now().utcoffset() == timedelta(0)
