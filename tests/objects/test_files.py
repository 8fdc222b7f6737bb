"""What only the file store can get wrong."""

import asyncio
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from server.core.errors import UnavailableError, ValidationError
from server.objects.files import UNFINISHED, FileObjectStore
from tests.objects.conftest import chunked, collected

NOW = datetime(2026, 1, 1, tzinfo=UTC)
FILL_A_SMALL_DISK = """
import asyncio, sys
from pathlib import Path
from server.core.errors import UnavailableError
from server.objects.files import FileObjectStore

async def source(size):
    for _ in range(size // 65536):
        yield bytes(65536)

async def main():
    root = Path(sys.argv[1])
    store = FileObjectStore(root)
    await store.put("acme/small", source(65536))
    try:
        await store.put("acme/large", source(64 * 1024 * 1024))
    except UnavailableError as error:
        print(error.detail)
    print(sorted(path.name for path in root.rglob("*") if path.is_file()))
    await store.close()

asyncio.run(main())
"""


def _run(script: str, root: Path, *wrapper: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*wrapper, sys.executable, "-c", script, str(root)], capture_output=True, text=True, check=False
    )


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def _on_a_small_disk(folder: Path) -> tuple[str, ...]:
    """What to put before a command so that it sees a disk of 4 MB there."""
    mount = f'mount -t tmpfs -o size=4m tmpfs {folder} && exec "$0" "$@"'
    wrapper = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mount)
    if subprocess.run([*wrapper, "true"], check=False, capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount a small disk")
    return wrapper


def test_a_full_disk_refuses_the_write_and_keeps_the_rest(tmp_path: Path) -> None:
    message, files = _run(FILL_A_SMALL_DISK, tmp_path / "objects", *_on_a_small_disk(tmp_path)).stdout.splitlines()
    assert "the disk or its quota is full; free space" in message
    assert files == "['small']"


WRITE_WHERE_NOBODY_MAY = """
import asyncio, os, subprocess, sys
from pathlib import Path
from server.core.errors import UnavailableError
from server.objects.files import FileObjectStore

async def source():
    yield b"kept"

async def main():
    store = FileObjectStore(Path(sys.argv[1]))
    await store.put("acme/x", source())
    subprocess.run(["mount", "-o", "remount,ro", sys.argv[1]], check=True)
    for attempt in (store.put("acme/y", source()), store.delete("acme/x"), store.ping()):
        try:
            await attempt
        except UnavailableError as error:
            print(error.detail)
    print([chunk async for chunk in store.open("acme/x")])
    await store.close()

asyncio.run(main())
"""


def test_a_read_only_disk_is_told_and_can_still_be_read(tmp_path: Path) -> None:
    *messages, content = _run(WRITE_WHERE_NOBODY_MAY, tmp_path, *_on_a_small_disk(tmp_path)).stdout.splitlines()
    assert len(messages) == 3
    assert all("mount it read-write" in message for message in messages)
    assert content == "[b'kept']"


def test_a_file_size_limit_is_told_like_a_full_disk(tmp_path: Path) -> None:
    limited = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (1048576, 1048576))\n" + FILL_A_SMALL_DISK
    message, files = _run(limited, tmp_path / "objects").stdout.splitlines()
    assert "full; free space" in message
    assert files == "['small']"


async def test_a_root_that_cannot_be_a_folder_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    store = FileObjectStore(tmp_path / "file")
    for attempt in (store.ping(), store.put("acme/x", chunked(b"x"))):
        with pytest.raises(UnavailableError, match=f"object store in {tmp_path}/file"):
            await attempt
    await store.close()


async def test_a_symbolic_link_out_of_the_root_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "objects").mkdir()
    (tmp_path / "objects" / "acme").symlink_to(tmp_path / "elsewhere")
    store = FileObjectStore(tmp_path / "objects")
    with pytest.raises(ValidationError, match="symbolic link"):
        await store.put("acme/x", chunked(b"x"))
    assert not any((tmp_path / "elsewhere").iterdir())
    await store.close()


async def test_what_a_crash_left_is_cleared_by_age_and_never_listed(tmp_path: Path) -> None:
    store = FileObjectStore(tmp_path)
    await store.put("acme/x", chunked(b"x"))
    for name, age in (("old", 7200), ("new", 0)):
        leftover = tmp_path / UNFINISHED / name
        leftover.write_bytes(b"half")
        written = (NOW - timedelta(seconds=age)).timestamp()
        os.utime(leftover, (written, written))
    assert await store.clear_unfinished(NOW - timedelta(hours=1)) == 1
    assert _names(tmp_path / UNFINISHED) == ["new"]
    assert [found.key async for found in store.list()] == ["acme/x"]
    await store.close()


async def test_folders_go_with_their_last_object(tmp_path: Path) -> None:
    store = FileObjectStore(tmp_path)
    await store.put("acme/aa/1", chunked(b"x"))
    await store.put("acme/ab/2", chunked(b"x"))
    await store.delete("acme/aa/1")
    assert _names(tmp_path / "acme") == ["ab"]
    await store.delete("acme/ab/2")
    assert _names(tmp_path) == [UNFINISHED]
    await store.close()


def test_a_killed_writer_leaves_no_object(tmp_path: Path) -> None:
    script = """
import asyncio, os, signal, sys
from pathlib import Path
from server.objects.files import FileObjectStore

async def source():
    for _ in range(64):
        yield bytes(65536)
    os.kill(os.getpid(), signal.SIGKILL)
    yield b""

asyncio.run(FileObjectStore(Path(sys.argv[1])).put("acme/x", source()))
"""
    assert _run(script, tmp_path).returncode == -9
    assert [path.parent.name for path in tmp_path.rglob("*") if path.is_file()] == [UNFINISHED]


async def test_a_read_that_is_given_up_leaves_no_file_open(tmp_path: Path) -> None:
    store = FileObjectStore(tmp_path / "objects")
    await store.put("acme/a", chunked(b"a" * 100))
    before = open_files()
    for _ in range(50):
        reading = asyncio.create_task(collected(store.open("acme/a")))
        await asyncio.sleep(0)
        reading.cancel()
        await asyncio.wait({reading})
    assert open_files() <= before
    await store.close()


def open_files() -> int:
    return len([*Path("/proc/self/fd").iterdir()])
