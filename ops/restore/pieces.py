"""A file of a set as a stream that somebody else reads at their own pace."""

import queue
import threading
from collections.abc import Iterator

from ops.errors import DamagedError
from ops.repository.encryption import Identities
from ops.repository.manifest import File
from ops.repository.sealing import Sealed
from ops.repository.sets import Repository

AHEAD = 16


class _LeftError(Exception):
    """Who read the stream has left."""


def pieces(repository: Repository, file: File, *, encrypted: bool, identities: Identities) -> Iterator[bytes]:
    """What the file was; fails before its end if any byte is not what was written."""
    waiting: queue.Queue[bytes | Exception | None] = queue.Queue(AHEAD)
    left = threading.Event()

    def put(item: bytes | Exception | None) -> None:
        while not left.is_set():
            try:
                return waiting.put(item, timeout=0.1)
            except queue.Full:
                continue
        raise _LeftError

    def read() -> None:
        try:
            _compare(file, repository.read(file, encrypted=encrypted, identities=identities, sink=put))
            put(None)
        except _LeftError:
            return
        except Exception as error:  # noqa: BLE001 - it is raised again where the stream is read
            try:
                put(error)
            except _LeftError:
                return

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        while (item := waiting.get()) is not None:
            if isinstance(item, Exception):
                raise item
            yield item
    finally:
        left.set()
        reader.join()


def _compare(file: File, read: Sealed) -> None:
    if read != Sealed(file.plain_size, file.plain_sha256, file.size, file.sha256):
        raise DamagedError(f"{file.name} is damaged: its bytes are not those that were written. Use another set.")
