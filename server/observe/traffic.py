"""How much this process is asked for."""

from dataclasses import dataclass


@dataclass
class Traffic:
    """The requests that have come in; work that can wait gives way to them."""

    arrived: int = 0
