"""Regrouping a stream, so that each blocking call moves a worthwhile amount."""

from collections.abc import AsyncIterator


async def regrouped(chunks: AsyncIterator[bytes], size: int) -> AsyncIterator[bytes]:
    """The same bytes in pieces of exactly `size`; only the last may be smaller, and none is empty."""
    buffer = bytearray()
    async for chunk in chunks:
        view = memoryview(chunk)
        while view:
            taken = view[: size - len(buffer)]
            buffer += taken
            view = view[len(taken) :]
            if len(buffer) == size:
                yield bytes(buffer)
                buffer.clear()
    if buffer:
        yield bytes(buffer)
