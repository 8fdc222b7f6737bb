"""Work on the databases while no server runs: what `spectrond migrate` does."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Any

from server.app import Server, own_databases
from server.core.errors import SpectronError
from server.store.binding import METADATA, Binding
from server.store.migrations import Migration, load

CONTEXT_PAGE = 100


async def migration_status(server: Server) -> list[dict[str, Any]]:
    """Each migration of each database."""
    async with _opened(server):
        return [
            {"database": str(binding)} | asdict(status) | {"applied_at": status.applied_at and str(status.applied_at)}
            for binding, migrations in await _databases(server)
            for status in await server.migrator.status(binding, migrations)
        ]


async def apply_migrations(server: Server) -> list[dict[str, Any]]:
    """What was applied to each database, or why it could not be; one that fails does not stop the others."""
    async with _opened(server):
        for binding, migrations in own_databases():
            await server.engine.create_database(binding)
            await server.migrator.apply(binding, migrations)
        results: list[dict[str, Any]] = []
        for binding, migrations in await _databases(server):
            result: dict[str, Any] = {"database": str(binding), "applied": [], "error": None}
            try:
                applied = await server.migrator.apply(binding, migrations)
                result["applied"] = [migration.version for migration in applied]
            except SpectronError as error:
                result["error"] = error.detail
            results.append(result)
        return results


@asynccontextmanager
async def _opened(server: Server) -> AsyncIterator[None]:
    try:
        await server.engine.open()
        yield
    finally:
        await server.stop()


async def _databases(server: Server) -> list[tuple[Binding, tuple[Migration, ...]]]:
    databases = own_databases()
    if METADATA.database not in await server.engine.databases(METADATA.namespace):
        return databases
    (info,) = await server.engine.read(METADATA, "INFO FOR DB")
    after = ""
    while "context" in info["tables"] and (
        page := await server.control.contexts.registry.page(after=after, limit=CONTEXT_PAGE)
    ):
        databases += [(context.binding, load("context")) for context in page if context.state == "active"]
        after = page[-1].id
    return databases
