# Generated from spectron/aio by `python spectron/generate.py`; change it there.
"""A form of parts that are sent as they come, however many and however large."""

import secrets
from collections.abc import Iterable, Iterator
from urllib.parse import quote


class Form:
    """Writes `multipart/form-data`; each part is the name of its field, a file name, and its bytes."""

    def __init__(self, parts: Iterable[tuple[str, str, Iterable[bytes]]]) -> None:
        self._parts = parts
        self._boundary = secrets.token_hex(16)

    @property
    def kind(self) -> str:
        return f"multipart/form-data; boundary={self._boundary}"

    def pieces(self) -> Iterator[bytes]:
        for field, name, pieces in self._parts:
            head = f'Content-Disposition: form-data; name="{quote(field)}"; filename="{quote(name)}"'
            yield f"--{self._boundary}\r\n{head}\r\n\r\n".encode()
            for piece in pieces:
                yield piece
            yield b"\r\n"
        yield f"--{self._boundary}--\r\n".encode()
