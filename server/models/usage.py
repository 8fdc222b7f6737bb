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


def discard(_: Usage) -> None:
    """A sink for callers that keep no account."""
