"""A form of parts that are sent as they come, however many and however large."""

import secrets
from collections.abc import AsyncIterable, AsyncIterator
from urllib.parse import quote


class AsyncForm:
    """Writes `multipart/form-data`; each part is the name of its field, a file name, and its bytes."""

    def __init__(self, parts: AsyncIterable[tuple[str, str, AsyncIterable[bytes]]]) -> None:
        self._parts = parts
        self._boundary = secrets.token_hex(16)

    @property
    def kind(self) -> str:
        return f"multipart/form-data; boundary={self._boundary}"

    async def pieces(self) -> AsyncIterator[bytes]:
        async for field, name, pieces in self._parts:
            head = f'Content-Disposition: form-data; name="{quote(field)}"; filename="{quote(name)}"'
            yield f"--{self._boundary}\r\n{head}\r\n\r\n".encode()
            async for piece in pieces:
                yield piece
            yield b"\r\n"
        yield f"--{self._boundary}--\r\n".encode()
