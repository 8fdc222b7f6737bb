"""Cursors: where the page before ended, as its `next_cursor` told."""

import re
from typing import Annotated

from fastapi import Query
from pydantic import AfterValidator

from server.control.naming import CONTEXT_ID
from server.core.errors import UnprocessableError

MOST_SHOWN = 80
# Ids that begin with the moment at which the record was made.
RECORD_ID = re.compile(r"\d{20}-[a-z0-9]{8}")
DESCRIPTION = "The `next_cursor` of the page before."


def refused(cursor: str) -> UnprocessableError:
    """What to say of a cursor that no page of the list can have given."""
    return UnprocessableError(f"The cursor {cursor[:MOST_SHOWN]!r} is none of this list; start over without it.")


def _of_record(cursor: str | None) -> str | None:
    if cursor is not None and not RECORD_ID.fullmatch(cursor):
        raise refused(cursor)
    return cursor


def _of_context(cursor: str) -> str:
    if cursor and not CONTEXT_ID.fullmatch(cursor):
        raise refused(cursor)
    return cursor


Cursor = Annotated[str | None, Query(description=DESCRIPTION)]
RecordCursor = Annotated[str | None, Query(description=DESCRIPTION), AfterValidator(_of_record)]
ContextCursor = Annotated[str, Query(description=DESCRIPTION), AfterValidator(_of_context)]
