"""The Contexts that requests work in, each with its configuration in force."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from server.control import config as configuration
from server.control.registry import Context, Registry
from server.core.clock import Clock
from server.core.errors import ContextNotFoundError


@dataclass(frozen=True, slots=True)
class Current:
    """A Context as it was read, when, and after how many changes."""

    context: Context
    config: configuration.ContextConfig
    read_at: float
    changes: int


class CurrentContexts:
    """Reads active Contexts, and remembers them for a moment or until this process changes any.

    With `trusted_seconds` of zero the row is read every time. That is for databases which other processes drop: a
    request that still believed in one would bring it back, empty.
    """

    def __init__(
        self, registry: Registry, clock: Clock, defaults: Mapping[str, Any], *, trusted_seconds: float
    ) -> None:
        self._registry = registry
        self._clock = clock
        self._defaults = defaults
        self._trusted_seconds = trusted_seconds
        self._known: dict[str, Current] = {}

    async def get(self, context_id: str) -> Current:
        """A Context that is neither being made nor changed nor removed, though it may be out of service."""
        known, changes, now = self._known.get(context_id), self._registry.changes, self._clock.monotonic()
        if known and known.changes == changes and now - known.read_at < self._trusted_seconds:
            return known
        try:
            context = await self._registry.active(context_id)
        except ContextNotFoundError:
            self._known.pop(context_id, None)
            raise
        config = known.config if known and known.context == context else self._effective(context)
        current = self._known[context_id] = Current(context, config, now, changes)
        return current

    def _effective(self, context: Context) -> configuration.ContextConfig:
        return configuration.effective(self._defaults, context.config).config
