# Generated from spectron/aio by `python spectron/generate.py`; change it there.
"""Conversations of one Context."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from spectron import endpoint
from spectron.endpoint import Scope
from spectron.models.memory import ChatSession, Turn
from spectron.models.recall import PromptBlock
from spectron.models.record import Page, read, read_offset
from spectron.sync.connection import Connection
from spectron.sync.pages import walk

Role = Literal["user", "assistant", "system", "tool"]

# Understanding a turn may take several calls of a language model.
THINKING_SECONDS = 120.0


class Sessions:
    """Begins conversations, adds to them and reads them."""

    def __init__(self, connection: Connection, context_id: str) -> None:
        self._connection = connection
        self._context_id = context_id

    def create(self, *, scope: Scope | None = None, metadata: Mapping[str, Any] | None = None) -> ChatSession:
        """Begin a conversation."""
        body = endpoint.given(scope=scope, metadata=metadata)
        return read(ChatSession, self._connection.post(self._path(), body))

    def list(self, *, limit: int | None = None, cursor: str | None = None) -> Page[ChatSession]:
        """One page of conversations, the newest first."""
        params = {"limit": limit, "offset": cursor}
        answer = self._connection.get(self._path(), params)
        return read_offset(ChatSession, answer, key="sessions", offset=int(cursor or 0))

    def iterate(self, *, page_size: int | None = None) -> Iterator[ChatSession]:
        """Every conversation, page by page."""
        return walk(lambda cursor: self.list(limit=page_size, cursor=cursor), None)

    def get(self, id: str) -> ChatSession:
        """A conversation without its turns."""
        return read(ChatSession, self._connection.get(self._path(id)))

    def delete(self, id: str, *, hard: bool = False) -> None:
        """Forget a conversation with its turns; what was learnt from it stays. `hard` erases it."""
        self._connection.delete(self._path(id), {"hard": True if hard else None})

    def add_turn(
        self,
        id: str,
        *,
        role: Role,
        content: str,
        ts: datetime | str | None = None,
        infer: Literal["full", "none"] | None = None,
        labels: Sequence[str] | None = None,
        memory_category: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        scope: Scope | None = None,
    ) -> Turn:
        """Add a message; what it states is remembered before the answer."""
        body = endpoint.given(
            role=role,
            content=content,
            ts=ts,
            infer=infer,
            labels=labels,
            memory_category=memory_category,
            metadata=metadata,
            scope=scope,
        )
        return read(Turn, self._connection.post(self._path(id, "turns"), body, patience=THINKING_SECONDS))

    def turns(self, id: str, *, limit: int | None = None, cursor: str | None = None) -> Page[Turn]:
        """One page of a conversation's messages, in order."""
        params = {"limit": limit, "offset": cursor}
        answer = self._connection.get(self._path(id, "turns"), params)
        return read_offset(Turn, answer, key="turns", offset=int(cursor or 0))

    def iterate_turns(self, id: str, *, page_size: int | None = None) -> Iterator[Turn]:
        """Every message of a conversation in order, page by page."""
        return walk(lambda cursor: self.turns(id, limit=page_size, cursor=cursor), None)

    def context(
        self,
        id: str,
        *,
        query: str | None = None,
        k: int | None = None,
        max_tokens: int | None = None,
        scope: Scope | None = None,
    ) -> PromptBlock:
        """The conversation so far and what is known beyond it, as one text for a prompt."""
        body = endpoint.given(query=query, k=k, max_tokens=max_tokens, scope=scope)
        return read(PromptBlock, self._connection.ask(self._path(id, "context"), body))

    def _path(self, *segments: str) -> str:
        return endpoint.path(self._context_id, "sessions", *segments)
