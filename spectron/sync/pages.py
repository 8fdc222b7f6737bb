# Generated from spectron/aio by `python spectron/generate.py`; change it there.
"""Walking through every page of a list."""

from collections.abc import Callable, Iterator

from spectron.models.record import Page, RecordT


def walk(fetch: Callable[[str | None], Page[RecordT]], cursor: str | None) -> Iterator[RecordT]:
    """Every item from `cursor` on, fetching a page when it is reached."""
    while True:
        page = fetch(cursor)
        for item in page:
            yield item
        if not page.has_more or page.next_cursor is None:
            return
        cursor = page.next_cursor
