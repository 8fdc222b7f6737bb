"""Addresses of repositories."""

from pathlib import Path

import pytest

from ops.repository.location import BucketLocation, FolderLocation, parse_location
from spectron.errors import ArgumentError

HERE = Path("/work dir")


@pytest.mark.parametrize(
    ("address", "location"),
    [
        ("/var/backups", FolderLocation(Path("/var/backups"))),
        ("backups", FolderLocation(Path("/work dir/backups"))),
        ("file:///a%20b", FolderLocation(Path("/a b"))),
        ("s3://b", BucketLocation("b")),
        (
            "s3://b/p/q/?endpoint=http://127.0.0.1:9000&region=eu-west-1",
            BucketLocation("b", "p/q/", "http://127.0.0.1:9000", "eu-west-1"),
        ),
    ],
)
def test_what_an_address_means(address: str, location: object) -> None:
    assert parse_location(address, HERE) == location


@pytest.mark.parametrize(
    "address", ["", "  ", "s3://", "s3:///p", "s3://b?endpont=x", "s3://b?endpoint=ftp://x", "ftp://x/y", "file://"]
)
def test_what_is_no_address_is_refused_with_an_example(address: str) -> None:
    with pytest.raises(ArgumentError, match=r"s3://bucket/prefix"):
        parse_location(address, HERE)
