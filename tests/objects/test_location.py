"""Addresses of object stores, right and wrong."""

from pathlib import Path

import pytest

from server.core.errors import ValidationError
from server.objects.files import FileObjectStore
from server.objects.location import S3Location, file_location
from server.objects.opening import open_store
from server.objects.s3 import S3ObjectStore


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("s3://bucket", S3Location("bucket")),
        ("s3://bucket/", S3Location("bucket")),
        ("s3://bucket/some/prefix", S3Location("bucket", "some/prefix/")),
        (
            "s3://bucket/p/?endpoint=http://127.0.0.1:9000&region=eu-west-1",
            S3Location("bucket", "p/", "http://127.0.0.1:9000", "eu-west-1"),
        ),
    ],
)
def test_an_s3_address_is_taken_apart(url: str, expected: S3Location) -> None:
    assert S3Location.parse(url) == expected


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("s3://", "names no bucket"),
        ("s3:///prefix", "names no bucket"),
        ("s3://bucket?zone=eu", "option 'zone' is unknown"),
        ("s3://bucket?endpoint=localhost:9000", "no http or https address"),
        ("ftp://host/x", "no address of an object store"),
        ("objects", "no address of an object store"),
        ("file://", "no address of a folder"),
        ("file://otherhost/x", "no address of a folder"),
    ],
)
def test_a_wrong_address_is_explained_by_example(url: str, problem: str) -> None:
    with pytest.raises(ValidationError, match=rf"{problem}.*s3://bucket/prefix"):
        open_store(url)


def test_a_folder_may_have_any_name() -> None:
    assert file_location("file:///srv/my%20objects") == Path("/srv/my objects")


async def test_the_scheme_decides_which_store_it_is(tmp_path: Path) -> None:
    for url, kind in ((f"file://{tmp_path}", FileObjectStore), ("s3://bucket?region=eu-west-1", S3ObjectStore)):
        store = open_store(url)
        assert isinstance(store, kind)
        await store.close()
