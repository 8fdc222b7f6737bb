# Generated from spectron/aio by `python spectron/generate.py`; change it there.
"""Contexts: all of them, and a handle on one."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, overload

from spectron import endpoint
from spectron.models.context import Context, DeletionPreview
from spectron.models.dump import Restored
from spectron.models.record import Page, read, read_page
from spectron.sync.connection import Connection
from spectron.sync.context import ContextHandle
from spectron.sync.dumps import LOADING_SECONDS
from spectron.sync.form import Form
from spectron.sync.pages import walk


class Contexts:
    """Creates, lists and addresses Contexts: `admin.contexts("acme")` is a handle on one of them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def __call__(self, id: str) -> ContextHandle:
        """A handle on the Context of that id; nothing is sent, so it need not exist."""
        return ContextHandle(self._connection, id)

    def create(self, *, id: str, namespace: str, database: str, config: Mapping[str, Any] | None = None) -> Context:
        """Create a Context bound to a database of its own, with its schema; all of it happens or nothing."""
        body: dict[str, Any] = {"namespace": namespace, "database": database}
        if config is not None:
            body["config"] = dict(config)
        return read(Context, self._connection.post(endpoint.path("contexts", id), body))

    def restore(
        self,
        *,
        id: str,
        namespace: str,
        database: str,
        parts: Iterable[tuple[str, str, Iterable[bytes]]],
        source: str | None = None,
    ) -> Restored:
        """Make a Context of what was saved; nobody sees it before all of it is there, and what fails leaves nothing.

        Each of `parts` is its kind, a name and its bytes: first the `dump`, then a `control` dump for configuration and
        keys, then an `original` for each document, named by its id.
        """
        form = Form(parts)
        params = {"namespace": namespace, "database": database, "source": source}
        path = f"{endpoint.path('contexts', id)}/restore"
        answer = self._connection.load(path, form.pieces(), patience=LOADING_SECONDS, kind=form.kind, params=params)
        return read(Restored, answer)

    def copy(self, *, id: str, of: str, namespace: str, database: str) -> Restored:
        """Make a Context of another one, which is closed meanwhile and stays as it is; keys are minted again."""
        path = f"{endpoint.path('contexts', id)}/copy"
        body = {"of": of, "namespace": namespace, "database": database}
        return read(Restored, self._connection.post(path, body, patience=LOADING_SECONDS))

    def list(self, *, limit: int | None = None, cursor: str | None = None) -> Page[Context]:
        """One page of Contexts."""
        params = {"limit": limit, "cursor": cursor}
        return read_page(Context, self._connection.get(endpoint.path("contexts"), params), key="contexts")

    def iterate(self, *, page_size: int | None = None) -> Iterator[Context]:
        """Every Context, page by page."""
        return walk(lambda cursor: self.list(limit=page_size, cursor=cursor), None)

    def get(self, id: str) -> Context:
        """The Context, with the configuration in force."""
        return self(id).get()

    def update(self, id: str, *, config: Mapping[str, Any]) -> Context:
        """Merge `config` into the Context's own; a value of None removes one. In force for the next request."""
        return self(id).update(config=config)

    @overload
    def delete(self, id: str, *, dry_run: Literal[False] = False) -> None: ...
    @overload
    def delete(self, id: str, *, dry_run: Literal[True]) -> DeletionPreview: ...
    def delete(self, id: str, *, dry_run: bool = False) -> DeletionPreview | None:
        """Delete the Context with its database, keys, jobs and objects; with `dry_run`, say what would go."""
        if dry_run:
            return self(id).delete(dry_run=True)
        self(id).delete()
        return None
