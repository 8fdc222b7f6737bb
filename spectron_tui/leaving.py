"""A dashboard that gives its terminal back, whatever ends it."""

import asyncio
import signal

from spectron_tui.app import Dashboard

ENDING = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
"""The machine shuts down, the line to the terminal is cut, or someone ends it from elsewhere."""
KILLED = 128
"""What a shell adds to the number of the signal that ended a program."""


def run(dashboard: Dashboard) -> int:
    """Show it until it is left; the answer is its exit code."""
    return asyncio.run(_shown(dashboard))


async def _shown(dashboard: Dashboard) -> int:
    loop = asyncio.get_running_loop()
    for number in ENDING:
        loop.add_signal_handler(number, dashboard.leave, KILLED + number)
    return await dashboard.run_async() or dashboard.return_code or 0
