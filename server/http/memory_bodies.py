"""What requests about memory may hold."""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from server.core.vocabulary.keys import MemoryCategory
from server.http.bodies import Body, Moment
from server.memory.extraction.extractor import Role
from server.memory.names import MAX_NAME_LENGTH
from server.memory.triples import Triple
from server.memory.turns import NewTurn

MAX_TEXT = 200_000
MAX_MESSAGES = 1000
MAX_TRIPLES = 1000
MAX_LABELS = 64

Text = Annotated[str, Field(min_length=1, max_length=MAX_TEXT, pattern=r"\S")]
Name = Annotated[str, Field(min_length=1, max_length=MAX_NAME_LENGTH, pattern=r"\S")]
Label = Annotated[str, Field(min_length=1, max_length=256)]
Labels = Annotated[list[Label], Field(max_length=MAX_LABELS)]
InferMode = Literal["full", "triples", "preview", "none"]


class Scoped(Body):
    """A request that may name a scope, by either name and in any notation."""

    scope: Any = Field(default=None, examples=[{"org": "acme", "user": "alice"}])
    scopes: Any = Field(default=None, examples=[[["org/acme", "user/alice"]]])

    @property
    def requested(self) -> Any:
        return self.scope if self.scopes is None else self.scopes


class NewSession(Scoped):
    """A conversation to begin."""

    metadata: dict[str, Any] | None = None


class Said(Body):
    """A message; `ts` is when it was said, if not just now."""

    role: Role
    content: Text
    ts: Moment | None = None


class NewTurnBody(Said, Scoped):
    """A message to add to a session."""

    infer: Literal["full", "none"] = "full"
    labels: Labels = Field(default_factory=list)
    memory_category: MemoryCategory | None = None
    metadata: dict[str, Any] | None = None

    def turn(self) -> NewTurn:
        return NewTurn(
            self.role, self.content, self.ts, self.infer, self.memory_category, tuple(self.labels), self.metadata
        )


class Named(Body):
    """Something by its type and name."""

    name: Name
    type: Name | None = None


class TripleBody(Body):
    """One fact: who, what, and which value or whom."""

    subject: Named | Name
    predicate: Name
    object: Named | Annotated[str, Field(min_length=1, max_length=MAX_TEXT, pattern=r"\S")]
    subject_type: Name | None = None
    object_type: Name | None = None
    valid_from: Moment | None = None
    valid_until: Moment | None = None
    negated: bool = False

    def triple(self) -> Triple:
        subject, target = self.subject, self.object
        return Triple(
            subject=subject.name if isinstance(subject, Named) else subject,
            predicate=self.predicate,
            object=target.name if isinstance(target, Named) else target,
            subject_type=(subject.type if isinstance(subject, Named) else None) or self.subject_type,
            object_type=(target.type or "Thing") if isinstance(target, Named) else self.object_type,
            valid_from=self.valid_from,
            valid_until=self.valid_until,
            negated=self.negated,
        )


class NewFact(Scoped):
    """Something to remember."""

    text: Text | None = None
    infer: InferMode = "full"
    session_id: str | None = Field(default=None, max_length=64)
    role: Role = "user"
    ts: Moment | None = None
    labels: Labels = Field(default_factory=list)
    memory_category: MemoryCategory | None = None
    triples: Annotated[list[TripleBody], Field(max_length=MAX_TRIPLES)] = Field(default_factory=list)

    @model_validator(mode="after")
    def _complete(self) -> "NewFact":
        if self.infer == "triples" and not self.triples:
            raise ValueError("infer is 'triples', so triples must hold at least one")
        if self.infer != "triples" and self.triples and self.infer != "preview":
            raise ValueError("triples are taken as they are only with infer: 'triples', or shown with 'preview'")
        if self.text is None and not self.triples:
            raise ValueError("text is missing")
        return self

    def turn(self) -> NewTurn:
        """The turn that it becomes; facts without a text are put into words."""
        triples = [body.triple() for body in self.triples]
        content = self.text or ". ".join(triple.text for triple in triples) + "."
        return NewTurn(
            role=self.role,
            content=content,
            occurred_at=self.ts,
            infer="triples" if triples else "none" if self.infer == "none" else "full",
            memory_category=self.memory_category,
            labels=tuple(self.labels),
            metadata={"triples": [triple.document() for triple in triples]} if triples else None,
        )


class Conversation(Scoped):
    """Several messages to remember at once."""

    messages: Annotated[list[Said], Field(min_length=1, max_length=MAX_MESSAGES)]
    session_id: str | None = Field(default=None, max_length=64)
    extract: Literal["per_message", "whole_conversation"] = "per_message"
    infer: Literal["full", "none"] = "full"
    labels: Labels = Field(default_factory=list)

    def turns(self) -> list[NewTurn]:
        return [
            NewTurn(message.role, message.content, message.ts, self.infer, None, tuple(self.labels))
            for message in self.messages
        ]
