"""Ways to reach somebody."""

from typing import Protocol

from ops.errors import OpsError
from ops.notify.event import Event


class UndeliveredError(OpsError):
    """A message did not arrive."""


class Channel(Protocol):
    """One way; `UndeliveredError` if it failed."""

    name: str

    def send(self, event: Event) -> None: ...
