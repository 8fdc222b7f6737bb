"""One exchange of a conversation: the message is remembered, answered, and the answer remembered."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from server.core.scope import Scope, as_mapping
from server.core.visibility import Visibility
from server.http.chat_bodies import Message
from server.http.memory_views import effects_view, written_view
from server.http.recall_views import evidence_view, note_view, traced
from server.http.sessions import scope_in
from server.http.tenant import Tenant, Tenants
from server.memory.parts import Memory
from server.memory.reconciliation.effects import Effects
from server.memory.remembering import Remembered
from server.memory.sessions import Session
from server.memory.tools import Tools
from server.memory.turns import Infer, NewTurn
from server.recall.asking import Asking
from server.recall.chat import LONGEST_QUESTION, Chat, Prepared
from server.recall.extractive import REPLY
from server.recall.responding import OFFLINE, Response

NEWS = frozenset({"created", "superseded"})
CUT_SHORT = "the answer was cut short"


@dataclass(frozen=True)
class Exchange:
    """A message that everything is ready for."""

    tenant: Tenant
    body: Message
    session: Session
    scope: Scope
    visibility: Visibility
    tools: Tools
    prepared: Prepared


class Chatting:
    """Brings memory and recall together."""

    def __init__(self, memory: Memory, chat: Chat, tenants: Tenants) -> None:
        self._memory = memory
        self._chat = chat
        self._tenants = tenants

    async def begin(self, tenant: Tenant, body: Message) -> Exchange:
        """Check and prepare everything, so that what is refused changes nothing; recall comes before remembering."""
        session = await self._session(tenant, body.session_id)
        scope = scope_in(tenant, session, body.requested) if session else tenant.writes(body.requested)
        requested = as_mapping(session.scope) if session and body.requested is None else body.requested
        visibility = tenant.sees(requested or None)
        asking = Asking(
            body.message[:LONGEST_QUESTION],
            visibility,
            k=body.k,
            labels=frozenset(body.labels),
            bypass_cache=body.bypass_cache,
        )
        tools = await self._memory.toolbox.of(tenant.open)
        prepared = await self._chat.prepare(
            tenant.open, asking, body.message, scope, session_id=session.id if session else None, model=body.model
        )
        session = session or await self._memory.sessions.create(tenant.database, scope, ids=tenant.ids)
        return Exchange(tenant, body, session, scope, visibility, tools, prepared)

    async def whole(self, exchange: Exchange) -> dict[str, Any]:
        """The answer, when all of it is there."""
        answer: dict[str, Any] = {}
        async for piece in self.run(exchange, live=False):
            if not isinstance(piece, str):
                answer = piece
        return answer

    async def run(self, exchange: Exchange, *, live: bool) -> AsyncGenerator[str | dict[str, Any], None]:
        """The pieces of the answer, then the whole; whatever happens, the message is remembered and traced."""
        tenant, prepared = exchange.tenant, exchange.prepared
        async with self._tenants.kept_open(tenant):
            remembering = asyncio.create_task(self._remembered(exchange, NewTurn("user", exchange.body.message)))
            response: Response | None = None
            reply: Remembered | None = None

            async def noted() -> Sequence[str]:
                return _noted(await asyncio.shield(remembering))

            try:
                async with aclosing(self._chat.answer(tenant.open, prepared, noted, live=live)) as pieces:
                    async for piece in pieces:
                        if isinstance(piece, Response):
                            response = piece
                        else:
                            yield piece
                told = await asyncio.shield(remembering)
                if response:
                    reply = await self._remembered(exchange, _reply(exchange, response))
                    yield self._whole(exchange, response, told, reply)
            finally:
                await asyncio.wait({remembering})
                done = None if remembering.cancelled() or remembering.exception() else remembering.result()
                self._trace(exchange, response, done, reply)

    async def _session(self, tenant: Tenant, session_id: str | None) -> Session | None:
        return await self._memory.sessions.get(tenant.database, session_id, tenant.sees()) if session_id else None

    async def _remembered(self, exchange: Exchange, new: NewTurn) -> Remembered:
        labelled = NewTurn(
            new.role, new.content, infer=new.infer, labels=[*exchange.body.labels, *new.labels], metadata=new.metadata
        )
        return await self._memory.remembering.remember(
            exchange.tools, exchange.session.id, exchange.scope, labelled, exchange.tenant.ids
        )

    def _whole(self, exchange: Exchange, response: Response, told: Remembered, reply: Remembered) -> dict[str, Any]:
        recalled = exchange.prepared.recalled
        return {
            "reply": response.text,
            "session_id": exchange.session.id,
            "trace_id": exchange.tenant.trace_id,
            "model": response.model,
            "note": note_view(recalled, response),
            "evidence": evidence_view(recalled.hits, response.cited),
            "tier": recalled.tier,
            "tier_reason": recalled.tier_reason,
            "token_cost": response.tokens,
            "turn_id": told.turn.id,
            "reply_turn_id": reply.turn.id,
            "memory_updates": effects_view(told.derived.effects, told.turn.id) if told.derived else None,
            "pending": told.derived is None,
        }

    def _trace(
        self, exchange: Exchange, response: Response | None, told: Remembered | None, reply: Remembered | None
    ) -> None:
        recalled, responder = exchange.prepared.recalled, exchange.prepared.responder
        written = written_view([told.derived]) | {"turn": told.turn.id} if told else {}
        fields = traced(recalled) | {
            "model": response.model if response else responder.name,
            "token_cost": responder.tally.tokens,
            "returned": response.rests_on(recalled.hits) if response else [],
            "written": written | ({"reply": reply.turn.id} if reply else {}),
        }
        if reply is None:
            fields["tier_reason"] = f"{recalled.tier_reason}; {CUT_SHORT}"
        self._tenants.trace(
            exchange.tenant,
            "chat",
            exchange.body.message,
            exchange.visibility.common,
            session_id=exchange.session.id,
            **fields,
        )


def _reply(exchange: Exchange, response: Response) -> NewTurn:
    """The answer as a turn: it rests on what is known, so nothing is derived from it; words of a model can be found."""
    evidence = response.rests_on(exchange.prepared.recalled.hits)
    metadata = {"model": response.model, "evidence": evidence, "trace_id": exchange.tenant.trace_id}
    infer: Infer = "quote" if response.model == OFFLINE else "none"
    return NewTurn("assistant", response.text, infer=infer, labels=(REPLY,), metadata=metadata)


def _noted(told: Remembered) -> list[str]:
    """What a message has told, in words; a relation that an attribute implies is not said again."""
    effects = told.derived.effects if told.derived else Effects()
    facts = {
        (one.entity.name, one.value): f"{one.entity.name}, {one.key.replace('_', ' ')}: {one.value}."
        for one in effects.attributes
        if one.action in NEWS
    }
    ties = {
        (one.subject.name, one.object.name): f"{one.subject.name}, {one.label.replace('_', ' ')}: {one.object.name}."
        for one in effects.relations
        if one.action in NEWS
    }
    orders = [f"{one.description.rstrip('.')}." for one in effects.instructions if one.action in NEWS]
    return [*(ties | facts).values(), *orders]
