"""The policies of a Context: those of the server, those of its configuration, and those set through the API."""

from collections.abc import Sequence
from datetime import timedelta

from server.control.audit import Origin
from server.control.contexts import Contexts
from server.control.registry import Context
from server.core.retention import Policy, Source, policies, sourced
from server.retention.rules import Rules


class Policies:
    """Reads and replaces them; each keeps where it came from."""

    def __init__(self, contexts: Contexts, server: Sequence[Policy], grace: timedelta) -> None:
        self.contexts = contexts
        self._server = tuple(server)
        self._grace = grace

    def rules(self, context: Context) -> Rules:
        """Everything that is in force in a Context."""
        effective = self.contexts.effective(context)
        source: Source = "server" if effective.sources["retention"] == "server" else "context"
        own = policies(effective.config.retention, "config.retention", source)
        return Rules((*self._server, *own), effective.config.retention_days, self._grace)

    async def replace(self, context_id: str, given: Sequence[Policy], origin: Origin) -> Context:
        """Put these in the place of all that the Context has of its own."""
        return await self.contexts.update(context_id, {"retention": sourced(given, "api")}, origin)
