"""Originals as files for as long as they are read, and nothing of them afterwards."""

import os
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from server.core.errors import NotFoundError, UnavailableError
from server.documents.spool import ABANDONED, Spool
from server.objects.files import FileObjectStore
from tests.support.clock import ManualClock

CLOCK = ManualClock()
CONTENT = b"a line of the original\n" * 100_000


@pytest.fixture
async def objects(tmp_path: Path) -> AsyncIterator[FileObjectStore]:
    async def parts() -> AsyncIterator[bytes]:
        yield CONTENT

    store = FileObjectStore(tmp_path / "objects")
    await store.put("acme/a", parts())
    yield store
    await store.close()


async def test_an_original_is_a_file_while_the_block_lasts(objects: FileObjectStore, tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool", objects, CLOCK)
    async with spool.file("acme/a") as path:
        assert path.read_bytes() == CONTENT
        assert (tmp_path / "spool").stat().st_mode & 0o777 == 0o700
    assert list((tmp_path / "spool").iterdir()) == []


async def test_nothing_stays_behind_when_there_is_no_original(objects: FileObjectStore, tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool", objects, CLOCK)
    with pytest.raises(NotFoundError):
        async with spool.file("acme/b"):
            pass
    assert list((tmp_path / "spool").iterdir()) == []


async def test_a_folder_that_cannot_be_written_is_worth_another_try(objects: FileObjectStore, tmp_path: Path) -> None:
    (tmp_path / "spool").write_text("in the way")
    with pytest.raises(UnavailableError, match="could not be put into"):
        async with Spool(tmp_path / "spool", objects, CLOCK).file("acme/a"):
            pass


async def test_only_what_killed_processes_left_is_cleared(objects: FileObjectStore, tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool", objects, CLOCK)
    spool.clear()
    async with spool.file("acme/a") as read:
        left = tmp_path / "spool" / "left"
        left.write_bytes(b"half of an original")
        os.utime(read, (CLOCK.now().timestamp(), CLOCK.now().timestamp()))
        long_ago = (CLOCK.now() - ABANDONED - timedelta(minutes=1)).timestamp()
        os.utime(left, (long_ago, long_ago))
        spool.clear()
        assert list((tmp_path / "spool").iterdir()) == [read]
