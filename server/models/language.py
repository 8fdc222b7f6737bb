"""What the server asks of a language model."""

import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of what the model is shown."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Completion:
    """What the model said, and what that cost; `truncated` if it ran into `max_tokens`."""

    text: str
    tokens_in: int
    tokens_out: int
    truncated: bool = False

    def json(self) -> Any:
        """The answer to a question that came with a schema."""
        return json.loads(self.text)


class LanguageModel(Protocol):
    """Continues a conversation; a `ProviderError` says why it could not."""

    @property
    def name(self) -> str:
        """`provider/model`, as configured."""
        ...

    async def complete(
        self, messages: Sequence[Message], *, schema: Schema | None = None, max_tokens: int = 1024
    ) -> Completion:
        """The whole answer; with a schema its text is a JSON object, meant to fit it but not checked against it."""
        ...

    def stream(self, messages: Sequence[Message], *, max_tokens: int = 1024) -> AsyncGenerator[str, None]:
        """The answer in pieces, as it is written; closing it ends the call. One without an end is an error."""
        ...
