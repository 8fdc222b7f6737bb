"""Moves: a Context made of another one of this deployment, which stands still meanwhile."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace

from server.control.audit import Origin
from server.control.contexts import Contexts
from server.control.lifecycle import Lifecycle
from server.control.naming import checked_binding, checked_context_id
from server.control.registry import Context
from server.control.restoring import Part, Plan, Restored, Restores
from server.core.errors import ConflictError, ContextNotFoundError
from server.store.dumps.exporting import Exporter, Source


class Copies:
    """Makes a Context of another one: its rows, originals, configuration, provider keys, and keys minted again."""

    def __init__(self, contexts: Contexts, lifecycle: Lifecycle, exporter: Exporter, restores: Restores) -> None:
        self._contexts = contexts
        self._lifecycle = lifecycle
        self._exporter = exporter
        self._restores = restores

    async def copy(self, plan: Plan, former: str, origin: Origin) -> Restored:
        """Make the Context, whole or not at all; the former one is closed meanwhile, and stays as it is."""
        checked_context_id(plan.context_id)
        checked_binding(plan.namespace, plan.database)
        await self._require_absent(plan.context_id)
        context = await self._contexts.active(former)
        copying = replace(plan, copy_of=former)
        return await self._lifecycle.still(context, lambda: self._copied(context, copying, origin))

    async def _copied(self, context: Context, plan: Plan, origin: Origin) -> Restored:
        source = Source(context.binding, "context", context.id)
        async with aclosing(self._exporter.dump(source, "blocks")) as pieces:
            return await self._restores.restore(plan, _only(Part("dump", context.id, pieces)), origin)

    async def _require_absent(self, context_id: str) -> None:
        """Say so before the former Context is closed for nothing."""
        try:
            await self._contexts.registry.get(context_id)
        except ContextNotFoundError:
            return
        raise ConflictError(f"A Context {context_id!r} exists; choose another.")


async def _only(part: Part) -> AsyncIterator[Part]:
    yield part
