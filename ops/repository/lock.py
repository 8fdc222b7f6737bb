"""One writer at a time in a repository."""

import json
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from ops.errors import LockedError, OpsError
from ops.repository.holder import Holder
from ops.repository.names import LOCK
from ops.repository.storage import Storage, Tagged

LEASE = timedelta(minutes=2)


class Lock:
    """A lease on a repository.

    A lease ends by being given back, by not being renewed, or at once when its process has died on this machine.
    """

    def __init__(
        self, storage: Storage, purpose: str, now: Callable[[], datetime], *, lease: timedelta = LEASE
    ) -> None:
        self._storage = storage
        self._purpose = purpose
        self._now = now
        self._lease = lease
        self._token = secrets.token_hex(8)
        self._holder = Holder.myself()
        self._since = now()
        self._guard = threading.Lock()
        self.inherited: str | None = None
        """What held it and died, if it was not given back."""

    @contextmanager
    def held(self) -> Iterator["Lock"]:
        """The lock, renewed in the background; `LockedError` if somebody else has it."""
        self.acquire()
        ended = threading.Event()
        renewing = threading.Thread(target=self._renew_until, args=(ended,), daemon=True)
        renewing.start()
        try:
            yield self
        finally:
            ended.set()
            renewing.join()
            self.release()

    def look(self) -> Tagged | None:
        """What is there now; `LockedError` if somebody else has the lock."""
        current = self._storage.read(LOCK)
        if current is not None:
            self._refuse_if_held(_document(current.data))
        return current

    def acquire(self) -> None:
        current = self.look()
        self.inherited = _document(current.data).get("purpose") if current else None
        if not self._storage.replace(LOCK, self._claim(), current.tag if current else None):
            raise LockedError(f"Somebody else has just begun to work in {self._storage}. Try again later.")

    def renew(self) -> None:
        """Make sure that it is still ours; `LockedError` if it was lost."""
        with self._guard:
            current = self._storage.read(LOCK)
            ours = current is not None and _document(current.data).get("token") == self._token
            if current is None or not ours or not self._storage.replace(LOCK, self._claim(), current.tag):
                raise LockedError(
                    f"The lock of {self._storage} was lost to another process while this one stood still: what this "
                    "one did is not published. Run it again."
                )

    def release(self) -> None:
        with self._guard:
            current = self._storage.read(LOCK)
            if current is not None and _document(current.data).get("token") == self._token:
                self._storage.replace(LOCK, b"{}", current.tag)

    def _refuse_if_held(self, document: dict[str, Any]) -> None:
        if not document:
            return
        expires = datetime.fromisoformat(document["expires_at"])
        if expires <= self._now() or Holder(**document["holder"]).is_gone():
            return
        machine = document["holder"]["machine"].split()[0]
        raise LockedError(
            f"{self._storage} is locked: {document['purpose']} runs there since {document['since']}, as process "
            f"{document['holder']['pid']} on {machine}. Wait until it ends; if it died, its lease ends at "
            f"{document['expires_at']}."
        )

    def _claim(self) -> bytes:
        now = self._now()
        claim = {
            "token": self._token,
            "purpose": self._purpose,
            "holder": asdict(self._holder),
            "since": self._since.isoformat(timespec="seconds"),
            "expires_at": (now + self._lease).isoformat(timespec="seconds"),
        }
        return json.dumps(claim).encode()

    def _renew_until(self, ended: threading.Event) -> None:
        while not ended.wait(self._lease.total_seconds() / 4):
            try:
                self.renew()
            except OpsError:
                # Whoever holds it renews it before publishing anything, and learns of the loss there.
                continue


def _document(data: bytes) -> dict[str, Any]:
    try:
        document = json.loads(data)
        if isinstance(document, dict) and (not document or {"token", "holder", "expires_at"} <= document.keys()):
            return document
    except ValueError:
        pass
    return {}
