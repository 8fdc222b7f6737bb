"""The route that messages are answered on, at once or piece by piece."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response

from server.core.clock import Clock
from server.core.errors import SpectronError
from server.http.chat_bodies import Message
from server.http.chatting import Chatting, Exchange
from server.http.event_stream import EventStream, framed
from server.http.heartbeats import beating
from server.http.problems import document
from server.http.tenant import Here, Tenants
from server.memory.parts import Memory
from server.recall.chat import Chat


def add_routes(router: APIRouter, memory: Memory, chat: Chat, tenants: Tenants, clock: Clock) -> None:
    chatting = Chatting(memory, chat, tenants)

    @router.post("/chat", response_model=None)
    async def answer(
        body: Message, tenant: Here, request: Request, accept: Annotated[str, Header(max_length=1000)] = ""
    ) -> dict[str, Any] | Response:
        """Answer a message from what is remembered, and remember both.

        With `stream: true`, or where only `text/event-stream` is accepted, the answer is server-sent events: `start`,
        `delta` and `done`, or `error` with a problem document when it breaks off; comments keep the connection alive
        while a model takes its time. The marks in the answer, such as
        [1], are the `cite` of its evidence. A model that fails before its first word is done without: the answer then
        is put together from memory, its `model` is `offline` and its `note` says why.
        """
        exchange = await chatting.begin(tenant, body)
        if body.stream or "text/event-stream" in accept:
            return EventStream(beating(_events(chatting, exchange, request), clock), text_of=str)
        return await chatting.whole(exchange)


async def _events(chatting: Chatting, exchange: Exchange, request: Request) -> AsyncGenerator[str, None]:
    known = {"trace_id": exchange.tenant.trace_id, "session_id": exchange.session.id}
    yield framed("start", known)
    try:
        async with aclosing(chatting.run(exchange, live=True)) as pieces:
            async for piece in pieces:
                if isinstance(piece, str):
                    yield framed("delta", {"delta": piece})
                else:
                    yield framed("done", piece | {"done": True})
    except SpectronError as error:
        yield framed("error", known | document(request, error.slug, error.title, error.detail))
