"""The table of the client's methods for the README."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from tests.e2e.client.surface import CLIENTS, missing, surface_of

BEGIN = "<!-- the official client: begin -->"
END = "<!-- the official client: end -->"
HEAD = """| method | `Memory` | `AsyncMemory` | differs by design |
| --- | --- | --- | --- |"""

ONE_RECORD = "several clauses of `scopes` make one record, which each of them sees"
OWN_FLOOR = "inside the key's own floor"
NOTES = {
    "audit": "covers the key's own floor; `events` in the answer, which the client leaves out, tell of forgetting",
    "chat": "without a provider the reply is taken word for word from memory",
    "consolidate": OWN_FLOOR,
    "documents.keywords.list": "`sort` is `documents` or `name`",
    "documents.list": "`status` is taken in any case, and answered in lower case",
    "documents.upload": "processing goes on after the answer; `documents.get` says when it is `ready`",
    "elaborate": OWN_FLOOR,
    "entities.delete": "soft; a manager can reinstate it",
    "forget": "soft without `purge`; a manager can reinstate an entity",
    "keys.create": "`grants` name one path, the key's floor, and decide between agent and supervisor",
    "lifecycle.decay": f"takes one day's importance, {OWN_FLOOR}",
    "lifecycle.expire": OWN_FLOOR,
    "lifecycle.fsck": "problems of `integrity` count in `total` too",
    "principals.effective": "grants keep no history; `as_of` is told back",
    "principals.grant": "a key has one floor; a grant beside it is refused (422)",
    "principals.revoke": "verbs go in two groups: an agent's, and what a supervisor has besides",
    "profile": "of the user whom the key's floor names",
    "query_context": "`scope_view` is `strict` or `merged`",
    "recall": "`scope_view` is `strict` or `merged`; `location` counts as words, and an area is refused (400)",
    "reflect": "`persist` takes a supervisor's key",
    "remember": ONE_RECORD,
    "remember_many": ONE_RECORD,
    "scopes.delete": "the records stay until `scopes.forget`",
    "sessions.delete": "what was learnt from it stays",
    "traces.list": "tells of writes too, and covers the key's own floor",
}


def rendered(held: Mapping[str, Mapping[str, AbstractSet[str]]]) -> str:
    """A row for each member; it holds when it answered with each of its parameters given."""

    lacking = {kind: missing(kind, held[kind]) for kind in CLIENTS}

    def mark(kind: str, name: str) -> str:
        return "fails" if name in lacking[kind] else "holds"

    names = sorted(surface_of("sync"), key=lambda name: (name.count("."), name))
    rows = [
        " | ".join([f"| `{name}`", *(mark(kind, name) for kind in CLIENTS), f"{NOTES.get(name, '')} |"])
        for name in names
    ]
    return "\n".join([HEAD, *rows])


def replaced(page: str, table: str) -> str:
    """The page with that table between its markers."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table}\n{END}{after}"
