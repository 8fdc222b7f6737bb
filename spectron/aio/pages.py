"""Walking through every page of a list."""

from collections.abc import AsyncIterator, Awaitable, Callable

from spectron.models.record import Page, RecordT


async def walk(fetch: Callable[[str | None], Awaitable[Page[RecordT]]], cursor: str | None) -> AsyncIterator[RecordT]:
    """Every item from `cursor` on, fetching a page when it is reached."""
    while True:
        page = await fetch(cursor)
        for item in page:
            yield item
        if not page.has_more or page.next_cursor is None:
            return
        cursor = page.next_cursor
