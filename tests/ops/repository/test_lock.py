"""One writer at a time, and none that blocks the next for ever."""

import subprocess
import sys
from datetime import timedelta

import pytest

from ops.errors import LockedError
from ops.repository.directory import DirectoryStorage
from ops.repository.holder import Holder
from ops.repository.lock import LEASE, Lock
from ops.repository.storage import Storage
from tests.support.clock import ManualClock

DIES_WITH_LOCK = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from ops.repository.directory import DirectoryStorage
from ops.repository.location import FolderLocation
from ops.repository.lock import Lock
storage = DirectoryStorage(FolderLocation(Path(sys.argv[1])))
Lock(storage, "a backup", lambda: datetime(2026, 11, 21, 4, tzinfo=UTC)).acquire()
os._exit(9)
"""


def test_a_second_writer_is_told_who_works_there(storage: Storage, still: ManualClock) -> None:
    with Lock(storage, "a backup", still.now).held(), pytest.raises(LockedError, match="a backup runs there since"):
        Lock(storage, "another", still.now).acquire()
    with Lock(storage, "another", still.now).held():
        pass


def test_a_lease_that_nobody_renews_ends(storage: Storage, still: ManualClock) -> None:
    first, second = Lock(storage, "first", still.now), Lock(storage, "second", still.now)
    first.acquire()
    still.advance(LEASE.total_seconds() - 1)
    with pytest.raises(LockedError):
        second.acquire()
    first.renew()
    still.advance(LEASE.total_seconds())
    second.acquire()
    with pytest.raises(LockedError, match="was lost to another process"):
        first.renew()
    first.release()
    second.renew()


def test_a_lock_of_a_process_that_died_here_is_free_at_once(
    folder_storage: DirectoryStorage, still: ManualClock
) -> None:
    dead = subprocess.run([sys.executable, "-c", DIES_WITH_LOCK, str(folder_storage)], check=False)
    assert dead.returncode == 9
    Lock(folder_storage, "the next", still.now).acquire()


def test_a_process_of_another_machine_may_still_live() -> None:
    mine = Holder.myself()
    assert not mine.is_gone()
    assert Holder(mine.machine, mine.pid, "another birth").is_gone()
    assert not Holder("elsewhere", mine.pid, "another birth").is_gone()


def test_what_no_lock_wrote_locks_nobody_out(storage: Storage, still: ManualClock) -> None:
    storage.put("lock.json", b"\x00" * 40)
    Lock(storage, "a backup", still.now, lease=timedelta(seconds=5)).acquire()
