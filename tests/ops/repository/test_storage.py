"""Folders and buckets behave alike."""

import threading
from contextlib import suppress
from pathlib import Path

import pytest

from ops.errors import NotThereError, RepositoryError
from ops.repository.bucket import BucketStorage
from ops.repository.bucket_transfer import PART_SIZE
from ops.repository.directory import DirectoryStorage
from ops.repository.location import BucketLocation, FolderLocation
from ops.repository.storage import Storage
from tests.objects.conftest import S3Endpoint, free_port
from tests.ops.conftest import CREDENTIALS, IMPATIENT


def content(storage: Storage, name: str) -> bytes:
    with storage.reading(name) as reader:
        pieces = []
        while piece := reader.read(1 << 16):
            pieces.append(piece)
    return b"".join(pieces)


@pytest.mark.parametrize("size", [0, 1, 70_000, PART_SIZE, 2 * PART_SIZE + 17])
def test_what_is_written_is_read(storage: Storage, size: int) -> None:
    data = bytes(index % 251 for index in range(256)) * (size // 256 + 1)
    with storage.writing("a/b") as writer:
        for begin in range(0, size, 1 << 20):
            writer.write(data[begin : min(begin + (1 << 20), size)])
        assert [*storage.list()] == []
    assert content(storage, "a/b") == data[:size]
    assert [(found.name, found.size) for found in storage.list()] == [("a/b", size)]


def test_an_abandoned_file_leaves_nothing(storage: Storage) -> None:
    def interrupted() -> None:
        with storage.writing("a") as writer:
            writer.write(b"x" * (2 * PART_SIZE))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert [*storage.list()] == []
    assert storage.clear_unfinished() == 0


def test_what_a_killed_writer_left_is_found_and_removed(storage: Storage) -> None:
    writer = storage.create("a")
    writer.write(b"x" * (2 * PART_SIZE))
    assert [*storage.list()] == []
    assert storage.clear_unfinished() == 1
    assert storage.clear_unfinished() == 0
    with suppress(RepositoryError):  # the bucket knows that the upload is no more
        writer.abandon()


def test_names_are_listed_in_order_by_prefix_and_deleted(storage: Storage) -> None:
    for name in ("sets/b/x", "sets/a/y", "sets/a/x", "other"):
        storage.put(name, name.encode())
    assert [found.name for found in storage.list("sets/")] == ["sets/a/x", "sets/a/y", "sets/b/x"]
    assert [found.name for found in storage.list("sets/a/")] == ["sets/a/x", "sets/a/y"]
    assert [found.name for found in storage.list("nothing/")] == []
    for name in ("sets/a/x", "sets/a/x", "sets/a/y"):
        storage.delete(name)
    assert [found.name for found in storage.list()] == ["other", "sets/b/x"]


def test_a_missing_file_is_told_from_an_unreachable_place(storage: Storage) -> None:
    assert storage.read("nothing") is None
    with pytest.raises(NotThereError, match="could not read nothing"), storage.reading("nothing"):
        pass


def test_of_many_who_replace_the_same_content_one_wins(storage: Storage) -> None:
    assert storage.replace("lock", b"first", None)
    assert not storage.replace("lock", b"second", None)
    current = storage.read("lock")
    assert current is not None
    won: list[int] = []

    def compete(number: int) -> None:
        if storage.replace("lock", f"by {number}".encode(), current.tag):
            won.append(number)

    threads = [threading.Thread(target=compete, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    after = storage.read("lock")
    assert after is not None
    assert after.data == f"by {won[0]}".encode()


def test_backups_are_readable_by_their_owner_alone(folder_storage: DirectoryStorage, tmp_path: Path) -> None:
    with folder_storage.writing("sets/a/x") as writer:
        writer.write(b"secret")
    assert (tmp_path / "repository").stat().st_mode & 0o077 == 0
    assert (tmp_path / "repository/sets/a/x").stat().st_mode & 0o077 == 0


def test_a_folder_that_is_a_file_says_what_to_check(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(RepositoryError, match="check that its disk is mounted"):
        DirectoryStorage(FolderLocation(tmp_path / "file")).put("a", b"x")


def test_an_endpoint_that_is_away_says_what_to_check() -> None:
    location = BucketLocation("b", "", f"http://127.0.0.1:{free_port()}")
    with pytest.raises(RepositoryError, match="endpoint does not answer; check the address"):
        BucketStorage(location, credentials=CREDENTIALS, patience=IMPATIENT).check()


def test_a_missing_bucket_is_no_missing_file(s3_endpoint: S3Endpoint) -> None:
    storage = BucketStorage(BucketLocation("nobody-made-this", "", s3_endpoint.url), credentials=CREDENTIALS)
    for attempt in (storage.check, lambda: storage.read("a"), lambda: [*storage.list()]):
        with pytest.raises(RepositoryError, match="the bucket does not exist; create it"):
            attempt()
    storage.close()
