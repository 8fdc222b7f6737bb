"""What questions to memory may hold."""

from typing import Annotated, Any, Literal, get_args

from pydantic import AliasChoices, Field, model_validator

from server.core.errors import ValidationError
from server.core.visibility import View
from server.http.bodies import Body, Moment
from server.http.tenant import Tenant
from server.recall.asking import BOTH, Asking, Included, Kind, Mode, Times

MAX_QUESTION = 10_000
MAX_HITS = 200
KINDS: dict[str, Kind] = {
    "turn": "turn", "turns": "turn", "memory": "turn", "document": "document", "documents": "document",
    "knowledge": "document", "fact": "fact", "facts": "fact",
}  # fmt: skip

Query = Annotated[str, Field(min_length=1, max_length=MAX_QUESTION, pattern=r"\S")]
Hits = Annotated[int, Field(ge=1, le=MAX_HITS)]
Label = Annotated[str, Field(min_length=1, max_length=256)]
Labels = Annotated[list[Label], Field(max_length=64)]


class Lensed(Body):
    """A question asked in a scope, by any of its names and in any notation."""

    scope: Any = Field(default=None, examples=[{"org": "acme", "user": "alice"}])
    scopes: Any = Field(default=None, examples=[[["org/acme", "user/alice"]]])
    lens: Any = None
    scope_view: View = "strict"
    labels: Labels = Field(default_factory=list)

    @property
    def requested(self) -> Any:
        given = [one for one in (self.lens, self.scopes, self.scope) if one is not None]
        if len(given) > 1:
            raise ValidationError("The scope is given more than once; give one of lens, scopes and scope.")
        return given[0] if given else None


class RecallBody(Lensed):
    """A question and everything that narrows it."""

    query: Query
    k: Hits = Field(default=10, validation_alias=AliasChoices("k", "limit"))
    mode: Mode = "hybrid_graph"
    include: Annotated[list[Included], Field(min_length=1)] = Field(default_factory=lambda: [*get_args(Included)])
    session_id: str | None = Field(default=None, max_length=64)
    as_of: Moment | None = None
    at_instant: Moment | None = None
    valid_from: Moment | None = None
    valid_until: Moment | None = None
    source: Literal["turn", "turns", "memory", "document", "documents", "knowledge", "fact", "facts"] | None = None
    location: dict[str, str] | None = Field(default=None, description="Its values count as words of the question.")
    threshold: float = Field(default=0.0, ge=0, le=1)
    bypass_cache: bool = False

    @model_validator(mode="after")
    def _ordered(self) -> "RecallBody":
        if self.valid_from and self.valid_until and self.valid_from >= self.valid_until:
            raise ValueError("valid_from must be before valid_until")
        return self

    def asking(self, tenant: Tenant) -> Asking:
        words = [self.query, *(self.location or {}).values()]
        return Asking(
            query=" ".join(words),
            visibility=tenant.sees(self.requested, self.scope_view),
            k=self.k,
            mode=self.mode,
            include=frozenset(self.include),
            labels=frozenset(self.labels),
            session_id=self.session_id,
            kinds=frozenset({KINDS[self.source]}) if self.source else None,
            times=Times(self.as_of, self.at_instant, self.valid_from, self.valid_until),
            threshold=self.threshold,
            bypass_cache=self.bypass_cache,
        )


class ContextBody(Lensed):
    """A question whose answer goes into a prompt."""

    query: Query
    k: Hits = 20
    max_tokens: int = Field(default=1500, ge=32, le=100_000)
    session_id: str | None = Field(default=None, max_length=64)
    as_of: Moment | None = None

    def asking(self, tenant: Tenant) -> Asking:
        return Asking(
            query=self.query,
            visibility=tenant.sees(self.requested, self.scope_view),
            k=self.k,
            include=BOTH,
            labels=frozenset(self.labels),
            session_id=self.session_id,
            times=Times(as_of=self.as_of),
        )


class SessionContextBody(Lensed):
    """What the prompt block of a session is for."""

    query: Annotated[str, Field(max_length=MAX_QUESTION)] = ""
    k: Hits = 20
    max_tokens: int = Field(default=1500, ge=32, le=100_000)


class DocumentQuestion(Lensed):
    """A question to documents alone."""

    query: Query
    k: Hits = 10
    mode: Mode = "hybrid_graph"
    threshold: float = Field(default=0.0, ge=0, le=1)
    expand_graph: bool = True
    filter: dict[str, Any] | None = Field(default=None, examples=[{"document": "d1", "mime_type": "text/markdown"}])
