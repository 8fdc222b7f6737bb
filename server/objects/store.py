"""What the server asks of an object store, and the names that objects may have."""

import re
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from server.core.errors import NotFoundError, ValidationError

MIB = 1024 * 1024
READ_SIZE = MIB
MAX_KEY_LENGTH = 512
_KEY_PART = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")


@dataclass(frozen=True, slots=True)
class StoredObject:
    """What was written: its length and the BLAKE3 digest of its bytes, in hexadecimal."""

    key: str
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class ObjectStat:
    """What is there under a key."""

    key: str
    size: int


class ObjectStore(ABC):
    """Originals of documents under keys that begin with the id of their Context.

    Every method raises `UnavailableError` while the store is away, full or misconfigured, and the message says
    what to do. Objects appear whole or not at all; writing a key again replaces its object.
    """

    @abstractmethod
    async def put(self, key: str, chunks: AsyncIterator[bytes]) -> StoredObject:
        """Write an object as its bytes arrive; when it returns, the object is durable."""

    @abstractmethod
    def open(self, key: str, start: int = 0, end: int | None = None) -> AsyncGenerator[bytes, None]:
        """The bytes from `start` up to and without `end`; `NotFoundError` on the first step if there is no object."""

    @abstractmethod
    async def stat(self, key: str) -> ObjectStat:
        """Size of an object; `NotFoundError` if there is none."""

    @abstractmethod
    async def delete(self, key: str) -> None:
        """Remove an object; one that is not there is no error."""

    @abstractmethod
    def list(self, prefix: str = "") -> AsyncIterator[ObjectStat]:
        """Every object whose key begins with the prefix, in the order of keys."""

    @abstractmethod
    async def clear_unfinished(self, before: datetime) -> int:
        """Remove what writes that began before then and never finished left behind; says how much that was."""

    @abstractmethod
    async def ping(self) -> None:
        """Answer if objects could be written now."""

    @abstractmethod
    async def close(self) -> None:
        """Release threads and connections. Safe to call twice."""

    async def delete_prefix(self, prefix: str) -> int:
        """Remove every object whose key begins with the prefix, and say how many."""
        require_prefix(prefix)
        count = 0
        async for found in self.list(prefix):
            await self.delete(found.key)
            count += 1
        return count


def object_key(context_id: str, name: str) -> str:
    """The key of one of a Context's objects, spread over folders by the beginning of its name."""
    return checked_key(f"{context_id}/{name[:2]}/{name[2:4]}/{name}")


def checked_key(key: str) -> str:
    """The same key, once it is certain that it can name nothing outside the store."""
    if len(key) > MAX_KEY_LENGTH or not all(_KEY_PART.fullmatch(part) for part in key.split("/")):
        raise ValidationError(
            f"{key[:80]!r} cannot be the key of an object: use up to {MAX_KEY_LENGTH} letters, digits, '.', "
            "'_' and '-', in parts divided by '/' that begin with a letter or a digit."
        )
    return key


def checked_range(start: int, end: int | None) -> None:
    """Refuse a range that means nothing."""
    if start < 0 or (end is not None and end < start):
        raise ValidationError(f"No object has bytes {start} to {end}: begin at 0 or later and end after that.")


def require_prefix(prefix: str) -> None:
    """Refuse the prefix of everything."""
    if not prefix:
        raise ValidationError("An empty prefix would delete every object; name a Context, such as 'acme-prod/'.")


def missing(key: str) -> NotFoundError:
    """The error of every call that needs an object which is not there."""
    return NotFoundError(f"The object store holds no object {key!r}; it was deleted, or never completely written.")
