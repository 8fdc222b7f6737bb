"""What a backup repository needs of the place it lies in."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ops.errors import RepositoryError

READ_SIZE = 1 << 20


class Readable(Protocol):
    """Bytes, read one after another; none at the end."""

    def read(self, size: int = ..., /) -> bytes: ...


class Writer(ABC):
    """A file that is being written, and of which nothing is to be seen before its end."""

    @abstractmethod
    def write(self, data: bytes, /) -> int: ...

    @abstractmethod
    def commit(self) -> None:
        """Make it visible, whole and durable."""

    @abstractmethod
    def abandon(self) -> None:
        """Leave nothing behind."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A file in the repository."""

    name: str
    size: int
    modified: datetime


@dataclass(frozen=True, slots=True)
class Tagged:
    """The content of a small file, and what identifies this content of it."""

    data: bytes
    tag: str


class Storage(ABC):
    """Files under names with slashes; every write is atomic. All its errors are `RepositoryError`."""

    @contextmanager
    def writing(self, name: str) -> Iterator[Writer]:
        """A writer that is committed at the end, or abandoned if that is an exception."""
        writer = self.create(name)
        try:
            yield writer
            writer.commit()
        except BaseException:
            # What stays is found by `clear_unfinished`; the first error is the one to tell.
            with suppress(RepositoryError):
                writer.abandon()
            raise

    @abstractmethod
    def create(self, name: str) -> Writer: ...

    @abstractmethod
    def reading(self, name: str) -> AbstractContextManager[Readable]:
        """The file's bytes; `NotThereError` if there is none."""

    @abstractmethod
    def list(self, prefix: str = "") -> Iterator[Stored]:
        """Every file whose name begins so, in the order of names."""

    @abstractmethod
    def delete(self, name: str) -> None:
        """Remove a file; one that is not there is none to remove."""

    @abstractmethod
    def read(self, name: str) -> Tagged | None:
        """A small file, or None."""

    @abstractmethod
    def replace(self, name: str, data: bytes, tag: str | None) -> bool:
        """Write a small file if it still has that tag, or is still missing for None; False if it is another by now."""

    @abstractmethod
    def put(self, name: str, data: bytes) -> None:
        """Write a small file, whatever was there."""

    @abstractmethod
    def clear_unfinished(self) -> int:
        """Remove what interrupted writers left; only for whoever holds the repository's lock."""

    @abstractmethod
    def check(self) -> None:
        """Fail, saying why, if there is no repository here or its files can't be listed."""

    @abstractmethod
    def close(self) -> None:
        """Give back connections."""
