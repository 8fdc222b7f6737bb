"""The `Range` header, for one range of bytes."""

import re
from dataclasses import dataclass

from server.core.errors import RangeError

SINGLE = re.compile(r"bytes=(\d*)-(\d*)")
OK = 200
PARTIAL = 206


@dataclass(frozen=True)
class Part:
    """Bytes from `start` up to and without `end`."""

    start: int
    end: int
    status: int

    def headers(self, size: int) -> dict[str, str]:
        headers = {"Accept-Ranges": "bytes", "Content-Length": str(self.end - self.start)}
        if self.status == PARTIAL:
            headers["Content-Range"] = f"bytes {self.start}-{self.end - 1}/{size}"
        return headers


def byte_range(header: str | None, size: int) -> Part:
    """The part that is asked for; the whole where the header is absent, or of a kind that may be ignored."""
    match = SINGLE.fullmatch(header.strip()) if header else None
    if match is None or match.groups() == ("", ""):
        return Part(0, size, OK)
    first, last = match.groups()
    if first:
        start, end = int(first), min(int(last) + 1, size) if last else size
    else:
        start, end = max(0, size - int(last)), size
    if start >= size or start >= end:
        raise RangeError(f"The document has {size} bytes; {header!r} asks for none of them.")
    return Part(start, end, PARTIAL)
