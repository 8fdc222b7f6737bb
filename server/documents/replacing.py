"""The moment in which new chunks and keywords take the place of the old ones."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakValueDictionary

from server.core.errors import ThrownError
from server.core.scope import Scope
from server.documents import keyword_graph
from server.documents.attempts import Attempt, Attempts, held
from server.documents.keywords import Keyword
from server.models.embedding import Embedder
from server.store.binding import Binding
from server.store.engine import Database
from server.store.scoped import scope_of

VANISHING = 8
REMEMBERED = 50_000
READY = ", ".join(
    f"{name} = ${name}" for name in ("version", "title", "mime_type", "language", "chunk_count", "keyword_count")
)
REPLACE = f"""{held(f", {READY}, status = 'ready', error = NONE, processing_completed_at = $now")}
{keyword_graph.REPLACE_EDGES}
$scope"""


@dataclass(frozen=True)
class Derived:
    """What was found out about a document besides its chunks."""

    title: str
    mime_type: str
    language: str | None
    chunk_count: int
    keywords: Sequence[Keyword]


class Replacing:
    """Changes documents over to what their latest attempts have made."""

    def __init__(self, attempts: Attempts) -> None:
        self._attempts = attempts
        self._locks: WeakValueDictionary[Binding, asyncio.Lock] = WeakValueDictionary()
        self._seen: OrderedDict[tuple[Binding, str], None] = OrderedDict()

    async def replace(self, database: Database, attempt: Attempt, derived: Derived, embedder: Embedder) -> Scope:
        """Make the staged version the one that is seen; answers the scope of the document.

        Documents share keywords, and transactions that share a row would undo each other's work and do it again. Taking
        turns spares that inside a process.
        """
        settled = {
            "title": derived.title,
            "mime_type": derived.mime_type,
            "language": derived.language,
            "chunk_count": derived.chunk_count,
            "keyword_count": len(derived.keywords),
        }
        names = [one.normalised for one in derived.keywords]
        for last in reversed(range(VANISHING)):
            known = await self._known(database, names)
            variables = await keyword_graph.replacement(embedder, derived.keywords, known)
            try:
                async with self._locks.setdefault(database.binding, asyncio.Lock()):
                    answers = await self._attempts.write(database, attempt, REPLACE, {**variables, **settled})
            except ThrownError as error:
                if error.thrown != keyword_graph.VANISHED or not last:
                    raise
                # The last other document of a keyword was deleted since it was looked up or remembered.
                self._forget(database.binding, names)
            else:
                self._remember(database.binding, names)
                return scope_of(answers[-1])
        raise AssertionError  # pragma: no cover

    async def _known(self, database: Database, names: Sequence[str]) -> set[str]:
        """Those of some keywords that there are, or were not long ago: a look at each reads its vector."""
        known = {name for name in names if (database.binding, name) in self._seen}
        unknown = [name for name in names if name not in known]
        return known | (await keyword_graph.present(database, unknown) if unknown else set())

    def _remember(self, binding: Binding, names: Sequence[str]) -> None:
        for name in names:
            self._seen[binding, name] = None
            self._seen.move_to_end((binding, name))
        while len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)

    def _forget(self, binding: Binding, names: Sequence[str]) -> None:
        for name in names:
            self._seen.pop((binding, name), None)
