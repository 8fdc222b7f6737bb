"""Streams on their way into and out of a repository: compressed, encrypted if wanted, and hashed at both ends."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import IO, TYPE_CHECKING, cast

import pyrage
import zstandard

from ops.errors import DamagedError
from ops.repository.encryption import Identities, Recipients
from ops.repository.storage import READ_SIZE, Readable, Writer

if TYPE_CHECKING:
    from hashlib import _Hash

LEVEL = 3
Watch = Callable[[bytes], object]


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a stream was before, and what became of it."""

    plain_size: int
    plain_sha256: str
    size: int
    sha256: str


def suffix(recipients: Recipients) -> str:
    """What the names of sealed files end in."""
    return ".zst.age" if recipients else ".zst"


def seal(stream: Iterable[bytes], writer: Writer, recipients: Recipients, watch: Watch) -> Sealed:
    """Write a stream; `watch` sees each of its pieces first."""
    source = _Source(iter(stream), watch)
    target = _Target(writer)
    compressed = zstandard.ZstdCompressor(level=LEVEL, write_checksum=True).stream_reader(cast(IO[bytes], source))
    if recipients:
        try:
            pyrage.encrypt_io(compressed, target, recipients.keys)
        except (pyrage.EncryptError, OSError):
            # The library gives but the words of an error that came from one of the two ends.
            for end in (source, target):
                if end.failure is not None:
                    raise end.failure from None
            raise
    else:
        while chunk := compressed.read(READ_SIZE):
            target.write(chunk)
    return Sealed(source.size, source.digest.hexdigest(), target.size, target.digest.hexdigest())


def unseal(reader: Readable, *, encrypted: bool, identities: Identities, sink: Watch) -> Sealed:
    """Read a sealed stream to its end; each piece of what it was goes to `sink`."""
    stored = _Counted(reader)
    plain = _Plain(sink)
    decompressed = zstandard.ZstdDecompressor().stream_writer(cast(IO[bytes], plain), closefd=False)
    try:
        if encrypted:
            pyrage.decrypt_io(stored, decompressed, identities.keys)
        else:
            while chunk := stored.read(READ_SIZE):
                decompressed.write(chunk)
    except (pyrage.DecryptError, zstandard.ZstdError, OSError) as error:
        for failure in (stored.failure, plain.failure):
            if failure is not None:
                raise failure from None
        if isinstance(error, pyrage.DecryptError) and "matching keys" in str(error):
            raise DamagedError(
                "None of the identities given can decrypt it. Give the file of the right age key with --identity."
            ) from error
        raise DamagedError(f"Its bytes can't be decrypted or decompressed: {error}.") from error
    return Sealed(plain.size, plain.digest.hexdigest(), stored.size, stored.digest.hexdigest())


class _End:
    """One end of a pipeline that counts, hashes, and remembers why it failed."""

    def __init__(self) -> None:
        self.size = 0
        self.digest: _Hash = sha256()
        self.failure: Exception | None = None

    def _passed(self, data: bytes) -> bytes:
        self.size += len(data)
        self.digest.update(data)
        return data


class _Source(_End):
    """A stream of pieces as something to read from."""

    def __init__(self, stream: Iterator[bytes], watch: Watch) -> None:
        super().__init__()
        self._stream = stream
        self._watch = watch
        self._rest = memoryview(b"")

    def read(self, size: int = -1, /) -> bytes:
        try:
            while not self._rest:
                piece = next(self._stream, None)
                if piece is None:
                    return b""
                self._watch(self._passed(piece))
                self._rest = memoryview(piece)
        except Exception as error:
            self.failure = error
            raise
        taken = self._rest[:size] if size >= 0 else self._rest
        self._rest = self._rest[len(taken) :]
        return bytes(taken)


class _Target(_End):
    """A writer that is told about."""

    def __init__(self, writer: Writer) -> None:
        super().__init__()
        self._writer = writer

    def write(self, data: bytes, /) -> int:
        try:
            self._writer.write(data)
        except Exception as error:
            self.failure = error
            raise
        self._passed(data)
        return len(data)

    def flush(self) -> None:
        """Nothing: the writer decides when its bytes go on."""


class _Counted(_End):
    """A stored file that is being read."""

    def __init__(self, reader: Readable) -> None:
        super().__init__()
        self._reader = reader

    def read(self, size: int = -1, /) -> bytes:
        try:
            return self._passed(self._reader.read(size))
        except Exception as error:
            self.failure = error
            raise


class _Plain(_End):
    """Where the pieces come out again."""

    def __init__(self, sink: Watch) -> None:
        super().__init__()
        self._sink = sink

    def write(self, data: bytes, /) -> int:
        try:
            self._sink(self._passed(bytes(data)))
        except Exception as error:
            self.failure = error
            raise
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""
