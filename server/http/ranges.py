"""The `Range` header, for one range of bytes, and the conditions that may come with it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from server.core.errors import RangeError

SINGLE = re.compile(r"bytes=(\d*)-(\d*)")
OK = 200
PARTIAL = 206
NOT_MODIFIED = 304


@dataclass(frozen=True)
class Part:
    """Bytes from `start` up to and without `end`."""

    start: int
    end: int
    status: int

    def headers(self, size: int) -> dict[str, str]:
        headers = {"Accept-Ranges": "bytes"}
        if self.status != NOT_MODIFIED:
            headers["Content-Length"] = str(self.end - self.start)
        if self.status == PARTIAL:
            headers["Content-Range"] = f"bytes {self.start}-{self.end - 1}/{size}"
        return headers


def part_of(asked: Mapping[str, str], size: int, etag: str) -> Part:
    """The part that the headers of a request ask for; the whole where they do not, or in a way that may be ignored.

    Nothing is sent to one who has it already, and a part only of the very content that it is wanted of.
    """
    if etag in map(str.strip, asked.get("if-none-match", "").split(",")):
        return Part(0, size, NOT_MODIFIED)
    header = asked.get("range", "").strip()
    match = SINGLE.fullmatch(header)
    if match is None or match.groups() == ("", "") or asked.get("if-range", etag) != etag:
        return Part(0, size, OK)
    first, last = match.groups()
    if first:
        start, end = int(first), min(int(last) + 1, size) if last else size
    else:
        start, end = max(0, size - int(last)), size
    if start >= size or start >= end:
        raise RangeError(f"The document has {size} bytes; {header!r} asks for none of them.", size)
    return Part(start, end, PARTIAL)
