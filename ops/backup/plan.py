"""What a backup shall hold and how it shall be made."""

import re
from dataclasses import dataclass, field

from ops.repository.encryption import Recipients
from spectron.errors import ArgumentError

HALF = 0.5


@dataclass(frozen=True)
class Plan:
    """Which Contexts (None: every one), for whom to encrypt, and what is a cause for alarm."""

    contexts: frozenset[str] | None = None
    recipients: Recipients = field(default_factory=Recipients)
    with_objects: bool = False
    max_drop: float = HALF
    declared_empty: frozenset[str] = frozenset()


def fraction(text: str) -> float:
    """`50%` as 0.5."""
    match = re.fullmatch(r"(\d{1,3}(?:\.\d+)?)\s*%", text.strip())
    value = float(match[1]) / 100 if match else -1.0
    if not 0 <= value <= 1:
        raise ArgumentError(f"{text!r} is not a part of a whole; write something between 0% and 100%, such as 50%.")
    return value
