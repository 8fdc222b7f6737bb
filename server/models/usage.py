"""What calls to models cost."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one call, as the provider counted them."""

    model: str
    tokens_in: int
    tokens_out: int = 0


UsageSink = Callable[[Usage], None]


class Meter:
    """What one piece of work has spent on models so far, and on which last."""

    def __init__(self) -> None:
        self.tokens = 0
        self.model: str | None = None

    def add(self, usage: Usage) -> None:
        self.tokens += usage.tokens_in + usage.tokens_out
        self.model = usage.model


def discard(_: Usage) -> None:
    """A sink for callers that keep no account."""
