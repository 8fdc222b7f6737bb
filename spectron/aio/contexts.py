"""Contexts: all of them, and a handle on one."""

from collections.abc import AsyncIterable, AsyncIterator, Mapping
from typing import Any, Literal, overload

from spectron import endpoint
from spectron.aio.connection import AsyncConnection
from spectron.aio.context import AsyncContextHandle
from spectron.aio.dumps import LOADING_SECONDS
from spectron.aio.form import AsyncForm
from spectron.aio.pages import walk
from spectron.models.context import Context, DeletionPreview
from spectron.models.dump import Restored
from spectron.models.record import Page, read, read_page


class AsyncContexts:
    """Creates, lists and addresses Contexts: `admin.contexts("acme")` is a handle on one of them."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    def __call__(self, id: str) -> AsyncContextHandle:
        """A handle on the Context of that id; nothing is sent, so it need not exist."""
        return AsyncContextHandle(self._connection, id)

    async def create(
        self, *, id: str, namespace: str, database: str, config: Mapping[str, Any] | None = None
    ) -> Context:
        """Create a Context bound to a database of its own, with its schema; all of it happens or nothing."""
        body: dict[str, Any] = {"namespace": namespace, "database": database}
        if config is not None:
            body["config"] = dict(config)
        return read(Context, await self._connection.post(endpoint.path("contexts", id), body))

    async def restore(
        self,
        *,
        id: str,
        namespace: str,
        database: str,
        parts: AsyncIterable[tuple[str, str, AsyncIterable[bytes]]],
        source: str | None = None,
    ) -> Restored:
        """Make a Context of what was saved; nobody sees it before all of it is there, and what fails leaves nothing.

        Each of `parts` is its kind, a name and its bytes: first the `dump`, then a `control` dump for configuration and
        keys, then an `original` for each document, named by its id.
        """
        form = AsyncForm(parts)
        params = {"namespace": namespace, "database": database, "source": source}
        path = f"{endpoint.path('contexts', id)}/restore"
        answer = await self._connection.load(
            path, form.pieces(), patience=LOADING_SECONDS, kind=form.kind, params=params
        )
        return read(Restored, answer)

    async def copy(self, *, id: str, of: str, namespace: str, database: str) -> Restored:
        """Make a Context of another one, which is closed meanwhile and stays as it is; keys are minted again."""
        path = f"{endpoint.path('contexts', id)}/copy"
        body = {"of": of, "namespace": namespace, "database": database}
        return read(Restored, await self._connection.post(path, body, patience=LOADING_SECONDS))

    async def list(self, *, limit: int | None = None, cursor: str | None = None) -> Page[Context]:
        """One page of Contexts."""
        params = {"limit": limit, "cursor": cursor}
        return read_page(Context, await self._connection.get(endpoint.path("contexts"), params), key="contexts")

    def iterate(self, *, page_size: int | None = None) -> AsyncIterator[Context]:
        """Every Context, page by page."""
        return walk(lambda cursor: self.list(limit=page_size, cursor=cursor), None)

    async def get(self, id: str) -> Context:
        """The Context, with the configuration in force."""
        return await self(id).get()

    async def update(self, id: str, *, config: Mapping[str, Any]) -> Context:
        """Merge `config` into the Context's own; a value of None removes one. In force for the next request."""
        return await self(id).update(config=config)

    @overload
    async def delete(self, id: str, *, dry_run: Literal[False] = False) -> None: ...
    @overload
    async def delete(self, id: str, *, dry_run: Literal[True]) -> DeletionPreview: ...
    async def delete(self, id: str, *, dry_run: bool = False) -> DeletionPreview | None:
        """Delete the Context with its database, keys, jobs and objects; with `dry_run`, say what would go."""
        if dry_run:
            return await self(id).delete(dry_run=True)
        await self(id).delete()
        return None
