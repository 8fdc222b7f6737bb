"""Read-only mode, enforced where requests leave: nothing that changes the server passes."""

import re

import httpx

from spectron.errors import SpectronError

READS = frozenset({"GET", "HEAD"})
PREVIEW = re.compile(r"/contexts/[^/]+/retention/preview$")
DRY_RUNS = {"POST": re.compile(r"/lifecycle/expire$"), "DELETE": re.compile(r"/contexts/[^/]+$")}
"""Routes that heed `dry_run`, by method; on any other it would be a wish that nobody hears."""


class ReadOnlyError(SpectronError):
    """A request that would change something, in a dashboard that may only look."""


class ReadOnlyTransport(httpx.AsyncBaseTransport):
    """Passes what reads, dry runs and previews; refuses the rest before it leaves."""

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self._transport = transport

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if not reads(request):
            raise ReadOnlyError("The dashboard is read-only. Start it with --write to change something.")
        return await self._transport.handle_async_request(request)

    async def aclose(self) -> None:
        await self._transport.aclose()


def reads(request: httpx.Request) -> bool:
    """Whether the server is the same after the request."""
    path = request.url.path
    if request.method in READS:
        return True
    if request.url.params.get_list("dry_run") == ["true"]:
        heeds = DRY_RUNS.get(request.method)
        return heeds is not None and heeds.search(path) is not None
    return request.method == "POST" and PREVIEW.search(path) is not None
