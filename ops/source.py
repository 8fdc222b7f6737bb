"""What is backed up: a deployment, as its HTTP API shows it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ContextBinding:
    """A Context and the database it is bound to."""

    id: str
    namespace: str
    database: str


@dataclass(frozen=True, slots=True)
class Original:
    """A document's original in the object store; `content_hash` is the BLAKE3 hash of its bytes."""

    document: str
    content_hash: str
    size: int
    uploaded_at: datetime | None = None


class Source(Protocol):
    """A deployment to read from."""

    @property
    def name(self) -> str:
        """Its address."""

    def contexts(self) -> list[ContextBinding]: ...

    def export(self, context: str) -> Iterator[bytes]:
        """The dump of a Context, piece by piece."""

    def export_control(self) -> Iterator[bytes]:
        """The dump of the control plane."""

    def originals(self, context: str) -> list[Original]:
        """The originals of every document of a Context."""

    def has(self, context: str, document: str) -> bool:
        """Whether a document is there at this moment."""

    def original(self, context: str, document: str) -> Iterator[bytes]:
        """The bytes of one of them."""
