"""One call of the SDK and its request."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Example:
    """A call, what goes over the wire, and what comes back."""

    call: Callable[[Any], Any]
    line: str
    result: type[Any] | None
    status: int = 200
    answer: Any = None
    body: Any = None
