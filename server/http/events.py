"""The route that events are followed on."""

import contextlib
from collections.abc import AsyncGenerator
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request

from server.control.authority import Authority
from server.control.contexts import Contexts
from server.core.errors import SpectronError
from server.core.visibility import visible
from server.http.event_stream import EventStream
from server.http.guard import Caller, Guard
from server.observe.events import Event, EventBus, Kind, Wanted


def add_routes(router: APIRouter, guard: Guard, contexts: Contexts, events: EventBus) -> None:
    @router.get("/events", response_class=EventStream, status_code=200)
    async def follow_events(
        request: Request,
        caller: Caller,
        context: Annotated[str | None, Query(max_length=64)] = None,
        kind: Annotated[list[Kind] | None, Query()] = None,
        last_event_id: Annotated[str | None, Header(max_length=64)] = None,
    ) -> EventStream:
        """Server-sent events: documents, jobs, traces and sweeps as they change; a Context key sees its own Context.

        A document has the `status` of its processing or, once it is gone, `deleted`.

        `Last-Event-ID` goes on after that event. A `reset` event says that some were missed.
        """
        if context is not None:
            caller.require_context(context)
            await contexts.registry.get(context)
        followed = events.follow(_wanted(caller, context, kind), last_event_id)
        return EventStream(_while_admitted(followed, guard, request))


def _wanted(caller: Authority, context: str | None, kinds: list[Kind] | None) -> Wanted:
    if caller.context_id is None:
        caller.require_management()
    return Wanted(
        context_id=caller.context_id or context,
        kinds=frozenset(kinds) if kinds else None,
        visibility=visible(caller.floor),
    )


async def _while_admitted(
    events: AsyncGenerator[Event | None, None], guard: Guard, request: Request
) -> AsyncGenerator[Event | None, None]:
    """End the events when the key that asked for them is no longer good."""
    async with contextlib.aclosing(events):
        async for event in events:
            try:
                await guard.admit(request)
            except SpectronError:
                return
            yield event
