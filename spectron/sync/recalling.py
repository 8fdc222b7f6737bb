# Generated from spectron/aio by `python spectron/generate.py`; change it there.
"""Answers from what one Context remembers."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Literal

from spectron import endpoint, problems
from spectron.endpoint import Scope
from spectron.errors import ResponseError
from spectron.frames import Frame, FrameReader
from spectron.models.recall import PromptBlock, Recalled, Reflection, Reply, ReplyPart
from spectron.models.record import read
from spectron.sync.connection import Connection
from spectron.sync.documents import Mode
from spectron.sync.sessions import THINKING_SECONDS

Moment = datetime | str
END = "[DONE]"


class Recalling:
    """Recall as hits, as a block for a prompt, as a reply, and as a reflection."""

    def __init__(self, connection: Connection, context_id: str) -> None:
        self._connection = connection
        self._context_id = context_id

    def recall(
        self,
        query: str,
        *,
        k: int | None = None,
        mode: Mode | None = None,
        scope: Scope | None = None,
        scope_view: Literal["strict", "merged"] | None = None,
        include: Sequence[Literal["facts", "passages"]] | None = None,
        labels: Sequence[str] | None = None,
        session_id: str | None = None,
        source: Literal["turn", "document", "fact"] | None = None,
        threshold: float | None = None,
        as_of: Moment | None = None,
        at_instant: Moment | None = None,
        valid_from: Moment | None = None,
        valid_until: Moment | None = None,
        bypass_cache: bool = False,
    ) -> Recalled:
        """What is remembered that answers a question, the best first, each hit with where it comes from."""
        body = endpoint.given(
            query=query,
            k=k,
            mode=mode,
            scope=scope,
            scope_view=scope_view,
            include=include,
            labels=labels,
            session_id=session_id,
            source=source,
            threshold=threshold,
            as_of=as_of,
            at_instant=at_instant,
            valid_from=valid_from,
            valid_until=valid_until,
            bypass_cache=bypass_cache or None,
        )
        return read(Recalled, self._connection.ask(self._path("query"), body))

    def query_context(
        self,
        query: str,
        *,
        k: int | None = None,
        max_tokens: int | None = None,
        session_id: str | None = None,
        scope: Scope | None = None,
        labels: Sequence[str] | None = None,
        as_of: Moment | None = None,
    ) -> PromptBlock:
        """What is known about a question as one text for a prompt, within a budget of tokens."""
        body = endpoint.given(
            query=query,
            k=k,
            max_tokens=max_tokens,
            session_id=session_id,
            scope=scope,
            labels=labels,
            as_of=as_of,
        )
        return read(PromptBlock, self._connection.ask(self._path("context"), body))

    def chat(
        self,
        message: str,
        *,
        session_id: str | None = None,
        scope: Scope | None = None,
        model: str | None = None,
        labels: Sequence[str] | None = None,
        bypass_cache: bool = False,
    ) -> Reply:
        """An answer from what is remembered; the message is remembered too."""
        body = endpoint.given(
            message=message,
            session_id=session_id,
            scope=scope,
            model=model,
            labels=labels,
            bypass_cache=bypass_cache or None,
        )
        return read(Reply, self._connection.post(self._path("chat"), body, patience=THINKING_SECONDS))

    def chat_stream(
        self,
        message: str,
        *,
        session_id: str | None = None,
        scope: Scope | None = None,
        model: str | None = None,
        labels: Sequence[str] | None = None,
        bypass_cache: bool = False,
    ) -> Iterator[ReplyPart]:
        """The same piece by piece as it is written; the last piece is `done`.

        It is not asked again once the server has begun, for the message would be remembered twice.
        """
        body = endpoint.given(
            message=message,
            stream=True,
            session_id=session_id,
            scope=scope,
            model=model,
            labels=labels,
            bypass_cache=bypass_cache or None,
        )
        reader = FrameReader()
        with self._connection.stream(
            "POST",
            self._path("chat"),
            body=body,
            headers={"accept": "text/event-stream"},
            patience=THINKING_SECONDS,
            repeat="refused",
        ) as answer:
            for line in answer.lines():
                frame = reader.take(line)
                part = _part(frame) if frame else None
                if part:
                    yield part
                if part and part.done:
                    return
        raise ResponseError("The reply ended before it was whole. What was said is remembered: ask for the session.")

    def reflect(
        self,
        query: str,
        *,
        persist: bool = False,
        scope: Scope | None = None,
        session_id: str | None = None,
    ) -> Reflection:
        """What the evidence says taken together; `persist` keeps it, which takes a supervisor's key."""
        body = endpoint.given(query=query, persist=persist or None, scope=scope, session_id=session_id)
        return read(Reflection, self._connection.post(self._path("reflect"), body, patience=THINKING_SECONDS))

    def _path(self, *segments: str) -> str:
        return endpoint.path(self._context_id, *segments)


def _part(frame: Frame) -> ReplyPart:
    if frame.data == END:
        return ReplyPart(done=True)
    try:
        data: Any = json.loads(frame.data)
    except ValueError:
        return ReplyPart(delta=frame.data)
    if not isinstance(data, dict):
        return ReplyPart(delta=str(data))
    if frame.event == "error":
        raise problems.told(data)
    done = frame.event == "done" or data.get("done") is True
    whole = data if done and "reply" in data else None
    text = data.get("delta") or data.get("token") or ""
    return read(ReplyPart, {**data, "delta": text, "done": done, "whole": whole})
