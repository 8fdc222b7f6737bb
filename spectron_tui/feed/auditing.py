"""What the audit has of a change that was made here."""

from collections.abc import Collection

from spectron.aio.context import AsyncContextHandle
from spectron.errors import SpectronError

NEWEST = 50
"""Among how many events that of a request is looked for."""


async def recorded(context: AsyncContextHandle, requests: Collection[str]) -> str:
    """The event of the requests in words; where there is none to be seen, what else to look for, or why."""
    try:
        events = await context.audit(limit=NEWEST)
    except SpectronError as error:
        return f"The audit did not answer: {error}"
    event = next((event.id for event in events if event.request_id in requests), None)
    return f"Audit event {event}." if event else f"The log has it as request {', '.join(requests)}."
