"""Answers of the server as typed values."""

import reprlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import field, replace
from typing import Any, Generic, TypeVar

from pydantic import ValidationError
from pydantic.dataclasses import dataclass

from spectron.errors import ResponseError


@dataclass(frozen=True, kw_only=True)
class Record:
    """One document of the server; fields this client does not know of are in `raw` alone."""

    raw: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)


RecordT = TypeVar("RecordT", bound=Record)
RecordT_co = TypeVar("RecordT_co", bound=Record, covariant=True)


@dataclass(frozen=True)
class Page(Generic[RecordT_co]):
    """One page of a list; `next_cursor` asks for the one after it."""

    items: tuple[RecordT_co, ...]
    next_cursor: str | None = None
    has_more: bool = False
    raw: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)
    total: int | None = None
    """How many there are on all pages, where the server counts them."""

    def __iter__(self) -> Iterator[RecordT_co]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


def read(kind: type[RecordT], document: Any) -> RecordT:
    """The document as a record of that kind."""
    if not isinstance(document, dict):
        raise ResponseError(f"Expected a JSON object that describes a {kind.__name__}, got {reprlib.repr(document)}.")
    with _refusing(kind.__name__):
        return kind(**{**document, "raw": document})


def read_page(kind: type[RecordT], document: Any, *, key: str) -> Page[RecordT]:
    """The document as a page whose items stand under `key`."""
    if not isinstance(document, dict) or not isinstance(document.get(key), list):
        raise ResponseError(f"Expected a JSON object with a list of {key}, got {reprlib.repr(document)}.")
    items = tuple(read(kind, item) for item in document[key])
    with _refusing(f"page of {key}"):
        return Page(items, document.get("next_cursor"), document.get("has_more", False), document)


def read_numbered(kind: type[RecordT], document: Any, *, key: str) -> Page[RecordT]:
    """A page of a list whose pages have numbers; its `next_cursor` is the number of the next one."""
    page = read_page(kind, document, key=key)
    number, size, total = (document.get(name) or 0 for name in ("page", "page_size", "total"))
    more = number * size < total
    return replace(page, next_cursor=str(number + 1) if more else None, has_more=more, total=total)


def read_offset(kind: type[RecordT], document: Any, *, key: str, offset: int) -> Page[RecordT]:
    """A part of a list that starts at an offset; its `next_cursor` is the offset of the next part."""
    page = read_page(kind, document, key=key)
    return replace(page, next_cursor=str(offset + len(page)) if page.has_more else None)


@contextmanager
def _refusing(what: str) -> Iterator[None]:
    try:
        yield
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, issue['loc']))}: {issue['msg']}" for issue in error.errors())
        raise ResponseError(
            f"The server's answer does not describe a {what}: {wrong}. "
            "Are the server and this client of versions that go together?"
        ) from error
