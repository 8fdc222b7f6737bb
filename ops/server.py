"""A running server as a source of backups."""

from collections.abc import Iterator
from typing import Any

import httpx

from ops.errors import DamagedError
from ops.source import ContextBinding, Original
from spectron import endpoint, problems
from spectron.sync.client import SpectronManagement

READ_SIZE = 1 << 20
PAGE_SIZE = 200
WALKS = 3
# The server may think for a while between two pieces of a dump; it is silent for longer only if it is gone.
TIMEOUT = httpx.Timeout(30.0, read=300.0)


class ServerSource:
    """Reads over HTTP, in streams that are never held as a whole."""

    def __init__(
        self, admin: SpectronManagement, api_key: str | None, *, transport: httpx.BaseTransport | None = None
    ) -> None:
        self._admin = admin
        self._http = httpx.Client(
            base_url=admin.url, headers=endpoint.headers(api_key), timeout=TIMEOUT, transport=transport
        )

    @property
    def name(self) -> str:
        return self._admin.url

    def contexts(self) -> list[ContextBinding]:
        return [ContextBinding(one.id, one.namespace, one.database) for one in self._admin.contexts.iterate()]

    def export(self, context: str) -> Iterator[bytes]:
        return self._stream(endpoint.path("contexts", context, "export"))

    def export_control(self) -> Iterator[bytes]:
        return self._stream(endpoint.path("control", "export"))

    def originals(self, context: str) -> list[Original]:
        # A document that is deleted while pages are read makes others slip from one page to another.
        for _ in range(WALKS):
            found, total = self._walk(endpoint.path(context, "documents"))
            if len(found) >= total:
                return [*found.values()]
        raise DamagedError(
            f"The documents of {context} change faster than they can be listed. Back it up again when it is calmer."
        )

    def original(self, context: str, document: str) -> Iterator[bytes]:
        return self._stream(endpoint.path(context, "documents", document, "raw"))

    def close(self) -> None:
        self._http.close()

    def _walk(self, path: str) -> tuple[dict[str, Original], int]:
        found: dict[str, Original] = {}
        page, total = 0, 1
        while page * PAGE_SIZE < total:
            page += 1
            answer = self._json(path, {"page": page, "page_size": PAGE_SIZE})
            total = answer["total"]
            for each in answer["documents"]:
                found[each["id"]] = Original(each["id"], each["content_hash"], each["size_bytes"])
        return found, total

    def _json(self, path: str, params: endpoint.Params) -> Any:
        request = self._http.build_request("GET", path, params=endpoint.query(params))
        try:
            response = self._http.send(request)
        except httpx.TransportError as error:
            raise problems.unreachable(request, error) from error
        if not response.is_success:
            raise problems.refusal(response)
        return response.json()

    def _stream(self, path: str) -> Iterator[bytes]:
        request = self._http.build_request("GET", path)
        try:
            response = self._http.send(request, stream=True)
            try:
                if not response.is_success:
                    response.read()
                    raise problems.refusal(response)
                yield from response.iter_bytes(READ_SIZE)
            finally:
                response.close()
        except httpx.TransportError as error:
            raise problems.unreachable(request, error) from error
