"""Routes of dumps: out of this deployment and into it, streamed both ways."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse
from starlette.requests import ClientDisconnect

from server.control.control_dumps import ControlDumps
from server.control.copying import Copies
from server.control.dumps import ContextDumps
from server.control.restoring import Plan, Restores
from server.core.clock import Clock
from server.core.errors import UnprocessableError, UnsupportedMediaTypeError
from server.http import media
from server.http.bodies import NewCopy
from server.http.bundles import bundle_parts
from server.http.dump_views import loaded_view, restored_view, totals_view
from server.http.guard import Asked, Manager
from server.store.dumps.marks import Form
from server.store.dumps.reading import CUT

CREATED = 201
SILENCE_SECONDS = 120.0
DUMP = {
    "responses": {"200": {"content": {media.DUMP: {"schema": {"type": "string"}}}, "description": "A SurrealQL dump."}}
}
BUNDLE = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["dump"],
                    "properties": {
                        "dump": {"type": "string", "format": "binary"},
                        "control": {"type": "string", "format": "binary"},
                        "original": {"type": "array", "items": {"type": "string", "format": "binary"}},
                    },
                }
            }
        },
    }
}
BODY = {"requestBody": {"required": True, "content": {media.DUMP: {"schema": {"type": "string"}}}}}


def add_routes(router: APIRouter, dumps: ContextDumps, restores: Restores, clock: Clock) -> None:
    _add_restore_routes(router, restores, clock)

    @router.get("/contexts/{context_id}/export", response_class=StreamingResponse, openapi_extra=DUMP)
    async def export_context(
        context_id: str,
        _: Manager,
        origin: Asked,
        format: Form = "blocks",  # noqa: A002  # so it is called
    ) -> StreamingResponse:
        """The whole Context as of one moment, as SurrealQL; only a text with its last line is a whole dump."""
        return await _streamed(dumps.export(context_id, format, origin))

    @router.get("/contexts/{context_id}/digest")
    async def digest_context(context_id: str, request: Request, _: Manager) -> dict[str, Any]:
        """How many rows each table has now and what their digest is, as a dump would say."""
        request.state.take_time()
        return totals_view(*await dumps.totals(context_id))

    @router.post("/contexts/{context_id}/import", openapi_extra=BODY)
    async def import_context(context_id: str, request: Request, _: Manager, origin: Asked) -> dict[str, Any]:
        """Load a dump into an empty Context, wholly or not at all; answered when everything is there and verified."""
        began = clock.monotonic()
        _require_dump(request)
        loaded = await dumps.fill(context_id, _received(request), origin)
        return loaded_view(context_id, loaded, clock.monotonic() - began)


def _add_restore_routes(router: APIRouter, restores: Restores, clock: Clock) -> None:
    @router.post("/contexts/{context_id}/restore", status_code=CREATED, openapi_extra=BUNDLE)
    async def restore_context(
        context_id: str,
        namespace: str,
        database: str,
        request: Request,
        _: Manager,
        origin: Asked,
        source: Annotated[str | None, Query(max_length=200)] = None,
    ) -> dict[str, Any]:
        """Make a Context of what was saved: its dump, its configuration and keys, its originals.

        Nobody sees the Context before all of it is there and compared; what fails or breaks off leaves nothing behind.
        Parts of the form: `dump`, then `control` (a dump of the control plane it was registered in), then an `original`
        for each document, the document's id being its filename. Secrets of keys that were minted are in this answer
        alone.
        """
        began = clock.monotonic()
        plan = Plan(context_id, namespace, database, source)
        parts = bundle_parts(request.headers.get("content-type", ""), _received(request))
        async with aclosing(parts):
            restored = await restores.restore(plan, parts, origin)
        return restored_view(context_id, restored, clock.now(), clock.monotonic() - began)


def add_copy_routes(router: APIRouter, copies: Copies, clock: Clock) -> None:
    @router.post("/contexts/{context_id}/copy", status_code=CREATED)
    async def copy_context(
        context_id: str, body: NewCopy, request: Request, _: Manager, origin: Asked
    ) -> dict[str, Any]:
        """Make a Context of the one that `of` names: rows, originals, configuration, provider keys, keys minted again.

        That one is closed meanwhile, and stays as it is. Nobody sees the new one before all of it is there; what fails
        leaves nothing behind. Secrets of keys that were minted are in this answer alone.
        """
        began = clock.monotonic()
        request.state.take_time()
        plan = Plan(context_id, body.namespace, body.database, source=f"copy of {body.of}")
        restored = await copies.copy(plan, body.of, origin)
        return restored_view(context_id, restored, clock.now(), clock.monotonic() - began)


def add_control_routes(router: APIRouter, dumps: ControlDumps, clock: Clock) -> None:
    @router.get("/control/export", response_class=StreamingResponse, openapi_extra=DUMP)
    async def export_control(
        _: Manager,
        origin: Asked,
        format: Form = "blocks",  # noqa: A002  # so it is called
    ) -> StreamingResponse:
        """Registry, key hashes, encrypted secrets, usage and audit; of use only under the same master key."""
        return await _streamed(dumps.export(format, origin))

    @router.get("/control/digest")
    async def digest_control(request: Request, _: Manager) -> dict[str, Any]:
        """How many rows each table of the control plane has now and what their digest is."""
        request.state.take_time()
        return totals_view(*await dumps.totals())

    @router.post("/control/import", openapi_extra=BODY)
    async def import_control(request: Request, _: Manager, origin: Asked) -> dict[str, Any]:
        """Take over a control plane where there is no Context yet, wholly or not at all; present keys stay valid."""
        began = clock.monotonic()
        _require_dump(request)
        loaded = await dumps.fill(_received(request), origin)
        return loaded_view(None, loaded, clock.monotonic() - began)


def _require_dump(request: Request) -> None:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != media.DUMP:
        raise UnsupportedMediaTypeError(f"Send the dump as `Content-Type: {media.DUMP}`.")


async def _received(request: Request) -> AsyncIterator[bytes]:
    """The body of a request that may take its time, as long as its sender does not fall silent."""
    request.state.take_time()
    pieces = request.stream()
    try:
        while True:
            async with asyncio.timeout(SILENCE_SECONDS):
                piece = await anext(pieces)
            yield piece
    except StopAsyncIteration:
        return
    except (ClientDisconnect, TimeoutError) as error:
        raise UnprocessableError(CUT) from error


async def _streamed(pieces: AsyncGenerator[bytes, None]) -> StreamingResponse:
    """An answer that begins with the first piece, so that what fails before it gets a problem document."""
    first = await anext(pieces)

    async def rest() -> AsyncIterator[bytes]:
        async with aclosing(pieces):
            yield first
            async for piece in pieces:
                yield piece

    return StreamingResponse(rest(), media_type=media.DUMP)
