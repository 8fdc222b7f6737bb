"""Parts that many answers share."""

from datetime import datetime
from typing import Any, NotRequired

from typing_extensions import TypedDict

Scope = dict[str, str]
Metadata = dict[str, Any]


class Traced(TypedDict):
    """An answer of the data plane; the same id is in the header X-Trace-Id."""

    trace_id: NotRequired[str]


class More(TypedDict):
    """A page that goes on at `next_cursor`."""

    next_cursor: str | None
    has_more: bool


class Numbered(Traced):
    """A page by its number."""

    page: int
    page_size: int
    total: int


class EntityName(TypedDict):
    """An entity by what it is called."""

    type: str
    name: str


class Counted(TypedDict):
    """How many rows of each table."""

    counts: dict[str, int]


class Timed(TypedDict):
    """When something was made and last changed."""

    created_at: datetime
    updated_at: datetime | None
