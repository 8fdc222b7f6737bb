"""What works at this moment, as `GET /api/v1/ready` tells it."""

from collections.abc import Callable, Mapping
from typing import Any

from server.control.contexts import Contexts
from server.core.clock import Clock
from server.core.errors import SpectronError
from server.documents.parts import Documents
from server.index.search import Index
from server.jobs.register import Jobs
from server.store.engine import Engine


class Readiness:
    """Asks the parts that can fail."""

    def __init__(
        self,
        engine: Engine,
        contexts: Contexts,
        documents: Documents,
        jobs: Jobs,
        index: Index,
        clock: Clock,
        *,
        started: Callable[[], bool],
    ) -> None:
        self._engine = engine
        self._contexts = contexts
        self._documents = documents
        self._jobs = jobs
        self._index = index
        self._clock = clock
        self._started = started
        self._engine_up = self._objects_up = False
        self._backlog: Mapping[str, float] = {}

    def gauges(self) -> Mapping[str, float]:
        """What worked when it was last asked, and what was waiting then."""
        up = {"engine_up": float(self._engine_up), "object_store_up": float(self._objects_up)}
        return up | {f"jobs_{name}": value for name, value in self._backlog.items()}

    async def look(self) -> None:
        """Ask everything that the gauges tell of; nothing is known of the queue while the database is away."""
        await self.state()
        try:
            self._backlog = await self._jobs.backlog() if self._engine_up else {}
        except SpectronError:
            self._backlog = {}

    async def state(self) -> dict[str, Any]:
        """What works and what does not."""
        engine = await self._engine_state()
        objects = await self._documents.readiness()
        problems = [
            {"id": name, "state": "failed", "reason": why} for name, why in sorted(self._contexts.problems.items())
        ]
        self._objects_up = objects["state"] == "ok"
        self._engine_up = usable = engine["state"] == "ok" and self._started()
        impaired = problems or not self._objects_up
        return {
            "status": ("degraded" if impaired else "ready") if usable else "unavailable",
            "started": self._started(),
            "engine": engine,
            "object_store": objects,
            "index": self._index_state(),
            "contexts": problems,
        }

    async def _engine_state(self) -> dict[str, Any]:
        began = self._clock.monotonic()
        try:
            await self._engine.ping()
        except SpectronError as error:
            return {"kind": self._engine.kind, "state": "unavailable", "reason": error.detail}
        taken = self._clock.monotonic() - began
        return {"kind": self._engine.kind, "state": "ok", "ping_ms": round(taken * 1000, 2)}

    def _index_state(self) -> dict[str, Any]:
        building = [state for state in self._index.states().values() if state.state == "building"]
        return {
            "state": "building" if building else "ready",
            "contexts_building": len(building),
            "progress": round(min((state.progress for state in building), default=1.0), 3),
        }
