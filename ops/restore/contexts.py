"""Restoring one Context beside the others of a running server."""

from dataclasses import dataclass

from ops.errors import NotThereError, RefusedError
from ops.repository.manifest import Dump, Manifest
from ops.restore.loading import Loader
from spectron.errors import ContextNotFoundError, SpectronError
from spectron.models.dump import Loaded
from spectron.sync.client import SpectronManagement


@dataclass(frozen=True, slots=True)
class Destination:
    """The Context to be made, and the database it is bound to."""

    context: str
    namespace: str
    database: str


def chosen(manifest: Manifest, context: str | None) -> Dump:
    """The dump of that Context, or of the only one there is."""
    if context is None and len(manifest.contexts) == 1:
        return manifest.contexts[0]
    found = manifest.of_context(context) if context else None
    if found is None:
        names = ", ".join(dump.name for dump in manifest.contexts) or "none"
        raise NotThereError(f"{manifest.id} has no dump of {context or 'a single Context'}. Name one of: {names}.")
    return found


def restore_context(admin: SpectronManagement, loader: Loader, dump: Dump, to: Destination) -> Loaded:
    """Make the Context and fill it; if that fails, nothing of it stays."""
    require_absent(admin, to.context)
    admin.contexts.create(id=to.context, namespace=to.namespace, database=to.database)
    try:
        return loader.context(admin, dump, to.context)
    except (SpectronError, KeyboardInterrupt):
        admin.contexts.delete(to.context)
        raise


def require_absent(admin: SpectronManagement, context: str) -> None:
    """Never over live data."""
    try:
        admin.contexts.get(context)
    except ContextNotFoundError:
        return
    raise RefusedError(
        f"There is a Context {context} already, and a restore never overwrites one. Choose another name with --as."
    )
