"""What is asked of recall."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from server.core.visibility import Visibility

Mode = Literal["vector", "bm25", "hybrid", "hybrid_graph"]
Included = Literal["facts", "passages"]
Kind = Literal["turn", "document", "fact"]

BOTH: frozenset[Included] = frozenset({"facts", "passages"})


@dataclass(frozen=True, slots=True)
class Times:
    """Of when and as known when; `said_from` and `said_until` bound when something was said or held."""

    as_of: datetime | None = None
    known_at: datetime | None = None
    said_from: datetime | None = None
    said_until: datetime | None = None


ANY_TIME = Times()


@dataclass(frozen=True, slots=True)
class Asking:
    """A question with everything that narrows its answer.

    With a session only what was said there counts; with documents, only they. `threshold` is the least score of a hit.
    """

    query: str
    visibility: Visibility
    k: int = 10
    mode: Mode = "hybrid_graph"
    include: frozenset[Included] = BOTH
    labels: frozenset[str] = frozenset()
    session_id: str | None = None
    documents: frozenset[str] | None = None
    kinds: frozenset[Kind] | None = None
    times: Times = ANY_TIME
    threshold: float = 0.0
    bypass_cache: bool = False

    def wants(self, kind: Kind) -> bool:
        """Whether a hit of that kind may be in the answer."""
        if self.kinds is not None and kind not in self.kinds:
            return False
        if kind == "fact":
            return "facts" in self.include and self.documents is None
        if kind == "document":
            return "passages" in self.include and self.session_id is None
        return "passages" in self.include and self.documents is None
