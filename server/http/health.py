"""Liveness, readiness and metrics, which need no key."""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from server.core.clock import Clock
from server.http.description.api import operation_id
from server.observe.metrics import Metrics

UNAVAILABLE = 503

Readiness = Callable[[], Awaitable[dict[str, Any]]]


def health_router(
    clock: Clock, metrics: Metrics, readiness: Readiness, look: Callable[[], Awaitable[None]], version: str
) -> APIRouter:
    started = clock.monotonic()
    router = APIRouter(tags=["health"], generate_unique_id_function=operation_id)

    @router.get("/api/v1/health")
    async def health() -> dict[str, Any]:
        """The process is alive; says nothing about what it depends on."""
        return {"status": "ok", "version": version, "uptime_seconds": round(clock.monotonic() - started, 3)}

    @router.get("/api/v1/ready")
    async def ready() -> Response:
        """Whether requests can be served: the engine, and the schema of each Context."""
        report = await readiness()
        return JSONResponse(report, UNAVAILABLE if report["status"] == "unavailable" else 200)

    @router.get("/metrics")
    async def scrape() -> Response:
        """Metrics in the Prometheus text format; what is up and what waits is looked at first."""
        await look()
        return Response(metrics.render(), media_type=metrics.content_type)

    return router
