"""Forms of many large parts, taken apart while they come in; no part ever stands in memory as a whole."""

from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from server.control.restoring import Part
from server.core.errors import UnprocessableError, UnsupportedMediaTypeError
from server.store.dumps.reading import CUT

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

UNREADABLE = "The form cannot be read; send it as `multipart/form-data`, each part with a name."


@dataclass(frozen=True)
class _Begun:
    kind: str
    name: str


class _Ended:
    """A part, or with it the form, is over."""


_Event = _Begun | bytes | _Ended | None


async def bundle_parts(content_type: str, pieces: AsyncIterator[bytes]) -> AsyncGenerator[Part, None]:
    """The parts in order; whatever of one is not read is passed over when the next is asked for.

    `UnprocessableError` where the form breaks off before its end.
    """
    kind, options = parse_options_header(content_type)
    if kind != b"multipart/form-data" or not options.get(b"boundary"):
        raise UnsupportedMediaTypeError("Send what was saved as `multipart/form-data` with a boundary.")
    form = _Form(options[b"boundary"], pieces)
    while (event := await form.event()) is not None:
        if isinstance(event, _Begun):
            rest = form.rest()
            yield Part(event.kind, event.name, rest)
            async for _ in rest:
                continue


class _Form:
    """What the parser has found and nobody has taken yet."""

    def __init__(self, boundary: bytes, pieces: AsyncIterator[bytes]) -> None:
        self._pieces = pieces
        self._events: deque[_Event] = deque()
        self._field = b""
        self._value = b""
        self._disposition = b""
        callbacks: MultipartCallbacks = {
            "on_part_data": lambda data, start, end: self._events.append(data[start:end]),
            "on_part_end": lambda: self._events.append(_Ended()),
            "on_end": lambda: self._events.append(None),
            "on_header_field": self._on_field,
            "on_header_value": self._on_value,
            "on_header_end": self._on_header_end,
            "on_headers_finished": self._on_headers_finished,
        }
        self._parser = MultipartParser(boundary, callbacks)

    async def event(self) -> _Event:
        while not self._events:
            try:
                self._parser.write(await anext(self._pieces))
            except StopAsyncIteration:
                raise UnprocessableError(CUT) from None
            except FormParserError as error:
                raise UnprocessableError(UNREADABLE) from error
        return self._events.popleft()

    async def rest(self) -> AsyncIterator[bytes]:
        """What is left of the part that has begun."""
        while isinstance(event := await self.event(), bytes):
            yield event

    def _on_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def _on_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header_end(self) -> None:
        if self._field.lower() == b"content-disposition":
            self._disposition = self._value
        self._field = self._value = b""

    def _on_headers_finished(self) -> None:
        _, options = parse_options_header(self._disposition)
        self._disposition = b""
        self._events.append(
            _Begun(
                options.get(b"name", b"").decode(errors="replace"),
                options.get(b"filename", b"").decode(errors="replace"),
            )
        )
