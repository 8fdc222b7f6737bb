"""Where data lives: a namespace and a database of the engine."""

import re
from dataclasses import dataclass

from server.core.errors import UnprocessableError

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,62}|_[A-Za-z0-9_-]{1,62}")


@dataclass(frozen=True, slots=True, order=True)
class Binding:
    """A validated pair of names; nothing else is ever written into a statement as a name."""

    namespace: str
    database: str

    def __post_init__(self) -> None:
        for role, name in (("namespace", self.namespace), ("database", self.database)):
            if not NAME.fullmatch(name):
                raise UnprocessableError(
                    f"{name[:80]!r} cannot name a {role}: use 1 to 63 letters, digits, hyphens and underscores, "
                    "beginning with a letter."
                )

    def __str__(self) -> str:
        return f"{self.namespace}/{self.database}"


RESERVED_NAMESPACE = "spectron"
METADATA = Binding(RESERVED_NAMESPACE, "metadata")
JOBQUEUE = Binding(RESERVED_NAMESPACE, "_jobqueue")
