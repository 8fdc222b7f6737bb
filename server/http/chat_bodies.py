"""What messages and questions for reflection may hold."""

from typing import Annotated

from pydantic import Field

from server.http.memory_bodies import Labels, Scoped, Text
from server.http.recall_bodies import Hits, Lensed, Query

Model = Annotated[
    str, Field(pattern=r"^(offline|[a-z0-9][a-z0-9_-]*/[!-~]{1,128})$", examples=["openai/gpt-4o", "offline"])
]


class Message(Scoped):
    """A message to answer and to remember; `labels` narrow what is recalled and mark what is remembered."""

    message: Text
    stream: bool = False
    session_id: str | None = Field(default=None, max_length=64)
    model: Model | None = None
    k: Hits = 12
    labels: Labels = Field(default_factory=list)
    bypass_cache: bool = False


class ReflectionQuestion(Lensed):
    """A question whose evidence is to be drawn together; with `persist` the outcome is remembered."""

    query: Query
    k: Hits = 30
    persist: bool = False
    model: Model | None = None
