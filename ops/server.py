"""A running server as a source of backups."""

from collections.abc import Iterator

from ops.errors import DamagedError
from ops.source import ContextBinding, Original
from spectron.errors import NotFoundError
from spectron.sync.client import SpectronManagement

PAGE_SIZE = 200
WALKS = 3


class ServerSource:
    """Reads over HTTP, in streams that are never held as a whole."""

    def __init__(self, admin: SpectronManagement) -> None:
        self._admin = admin

    @property
    def name(self) -> str:
        return self._admin.url

    def contexts(self) -> list[ContextBinding]:
        return [ContextBinding(one.id, one.namespace, one.database) for one in self._admin.contexts.iterate()]

    def export(self, context: str) -> Iterator[bytes]:
        return self._admin.contexts(context).export()

    def export_control(self) -> Iterator[bytes]:
        return self._admin.control.export()

    def originals(self, context: str) -> list[Original]:
        # A document that is deleted while pages are read makes others slip from one page to another.
        for _ in range(WALKS):
            found, total = self._walk(context)
            if len(found) >= total:
                return [*found.values()]
        raise DamagedError(
            f"The documents of {context} change faster than they can be listed. Back it up again when it is calmer."
        )

    def has(self, context: str, document: str) -> bool:
        try:
            self._admin.contexts(context).documents.get(document)
        except NotFoundError:
            return False
        return True

    def original(self, context: str, document: str) -> Iterator[bytes]:
        return self._admin.contexts(context).documents.raw(document)

    def _walk(self, context: str) -> tuple[dict[str, Original], int]:
        found: dict[str, Original] = {}
        page, total = 0, 1
        while page * PAGE_SIZE < total:
            page += 1
            answer = self._admin.contexts(context).documents.list(page=page, page_size=PAGE_SIZE)
            total = answer.total or 0
            found |= {
                each.id: Original(each.id, each.content_hash, each.size_bytes, each.created_at) for each in answer
            }
        return found, total
