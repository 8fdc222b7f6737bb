"""Restoring one Context beside the others of a running server."""

from collections.abc import Callable
from dataclasses import dataclass

from ops.errors import LockedError, NothingToDoError, NotThereError, RefusedError
from ops.repository.manifest import Dump, Manifest
from spectron.errors import ContextNotFoundError
from spectron.sync.client import SpectronManagement

# A restore whose server or client was killed is undone by the server, within its lease at the latest.
UNDONE_SECONDS = 90


@dataclass(frozen=True, slots=True)
class Destination:
    """The Context to be made, and the database it is bound to."""

    context: str
    namespace: str
    database: str

    @classmethod
    def of(cls, dump: Dump, context: str, namespace: str | None, database: str | None) -> "Destination":
        """Under its own name a Context comes back to its own database, under another one to one of that name."""
        same = context == dump.context
        return cls(
            context,
            namespace or (dump.namespace if same else None) or context,
            database or (dump.database if same else None) or context,
        )


def chosen(manifest: Manifest, context: str | None) -> Dump:
    """The dump of that Context, or of the only one there is."""
    if context is None and len(manifest.contexts) == 1:
        return manifest.contexts[0]
    found = manifest.of_context(context) if context else None
    if found is None:
        names = ", ".join(dump.name for dump in manifest.contexts) or "none"
        raise NotThereError(f"{manifest.id} has no dump of {context or 'a single Context'}. Name one of: {names}.")
    return found


def require_absent(admin: SpectronManagement, context: str, source: str, sleep: Callable[[float], None]) -> None:
    """Never over live data; what is left of a restore that was killed is waited for, until the server has undone it."""
    for _ in range(UNDONE_SECONDS):
        try:
            found = admin.contexts.get(context)
        except ContextNotFoundError:
            return
        if found.state != "creating":
            break
        sleep(1.0)
    else:
        raise LockedError(f"Somebody else is making a Context {context} now. Wait until that has ended.")
    if restored_from(admin, context) == source:
        raise NothingToDoError(
            f"{context} has been restored from {source} already. Keys whose secrets got lost on the way are given new "
            f"ones by `spectronctl keys rotate KEY --context {context}`."
        )
    raise RefusedError(
        f"There is a Context {context} already, and a restore never overwrites one. Choose another name with --as."
    )


def restored_from(admin: SpectronManagement, context: str) -> str | None:
    """What a Context was made of, if it was restored."""
    for event in admin.contexts(context).iterate_audit(kind="context"):
        if event.action == "context.restore":
            return str(event.detail.get("source"))
        if event.action == "context.create":
            return None
    return None
