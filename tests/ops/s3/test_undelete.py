"""What was deleted by mistake comes back, and nothing else does."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.ops.s3.conftest import Counter

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BEFORE = (datetime.now(UTC) - timedelta(hours=1)).isoformat()


@pytest.fixture
def keys(client: "S3Client", bucket: str) -> list[str]:
    """Two objects of acme and one of beta: all deleted, one of acme's twice; and one that lives."""
    client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    for key in ("acme/1", "acme/2", "beta/1", "acme/alive"):
        client.put_object(Bucket=bucket, Key=f"originals/{key}", Body=f"first {key}".encode())
        client.put_object(Bucket=bucket, Key=f"originals/{key}", Body=f"content of {key}".encode())
    for key in ("acme/1", "acme/2", "acme/2", "beta/1"):
        client.delete_object(Bucket=bucket, Key=f"originals/{key}")
    client.delete_object(Bucket=bucket, Key="originals/acme/never was")
    client.put_object(Bucket=bucket, Key="elsewhere/x", Body=b"x")
    client.delete_object(Bucket=bucket, Key="elsewhere/x")
    return ["acme/1", "acme/2", "beta/1"]


def living(client: "S3Client", bucket: str) -> dict[str, bytes]:
    names = [one["Key"] for one in client.list_objects_v2(Bucket=bucket).get("Contents", [])]
    return {name: client.get_object(Bucket=bucket, Key=name)["Body"].read() for name in names}


def test_a_preview_changes_nothing(counter: Counter, client: "S3Client", bucket: str, keys: list[str]) -> None:
    done = counter.run("undelete", "--since", BEFORE, "--json")
    assert [one["key"] for one in done.json["objects"]] == keys
    assert "--apply does it" in done.stderr
    assert living(client, bucket).keys() == {"originals/acme/alive"}


def test_what_is_brought_back_is_what_was_there(
    counter: Counter, client: "S3Client", bucket: str, keys: list[str]
) -> None:
    assert counter.run("undelete", "--since", BEFORE, "--prefix", "acme/", "--apply").code == 0
    assert living(client, bucket) == {
        "originals/acme/1": b"content of acme/1",
        "originals/acme/2": b"content of acme/2",
        "originals/acme/alive": b"content of acme/alive",
    }
    assert counter.run("undelete", "--since", BEFORE, "--apply").code == 0
    assert f"originals/{keys[-1]}" in living(client, bucket)
    assert counter.run("undelete", "--since", BEFORE, "--apply").code == 3


@pytest.mark.usefixtures("keys")
def test_what_was_deleted_at_another_time_stays_deleted(counter: Counter, client: "S3Client", bucket: str) -> None:
    later = [(datetime.now(UTC) + timedelta(hours=hours)).isoformat() for hours in (1, 2)]
    assert counter.run("undelete", "--since", later[0], "--until", later[1], "--apply").code == 3
    assert counter.run("undelete", "--since", "2020-01-01", "--until", BEFORE, "--apply").code == 3
    assert living(client, bucket).keys() == {"originals/acme/alive"}


def test_names_of_any_kind_and_more_than_one_page_come_back(counter: Counter, client: "S3Client", bucket: str) -> None:
    client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    names = [
        "a b",
        "a+b",
        "a%20b",
        "a&b<c>",
        "zoë/ü",
        "\u65e5\u672c",
        "a/../b",
        "'\"",
        *(f"many/{n:04}" for n in range(1030)),
    ]
    for name in names:
        client.put_object(Bucket=bucket, Key=f"originals/{name}", Body=name.encode())
    for begin in range(0, len(names), 500):
        batch = [{"Key": f"originals/{name}"} for name in names[begin : begin + 500]]
        client.delete_objects(Bucket=bucket, Delete={"Objects": batch})  # type: ignore[typeddict-item]
    assert client.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
    done = counter.run("undelete", "--since", BEFORE, "--apply", "--json")
    assert done.code == 0, done.stderr
    assert {one["key"] for one in done.json["objects"]} == {*names}
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    back = {one["Key"].removeprefix("originals/") for page in pages for one in page.get("Contents", [])}
    assert back == {*names}


def test_what_was_made_again_and_deleted_again_comes_back_as_it_was_last(
    counter: Counter, client: "S3Client", bucket: str
) -> None:
    client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    for body in (b"first", b"second"):
        client.put_object(Bucket=bucket, Key="originals/note", Body=body)
        client.delete_object(Bucket=bucket, Key="originals/note")
    assert counter.run("undelete", "--since", BEFORE, "--apply").code == 0
    assert living(client, bucket) == {"originals/note": b"second"}
    assert counter.run("undelete", "--since", BEFORE, "--apply").code == 3


def test_a_time_has_to_be_given(counter: Counter) -> None:
    assert counter.run("undelete", "--apply").code == 2
    assert counter.run("undelete", "--since", "yesterday").code == 2
    for times in (("--since", "2100-01-01"), ("--since", "2026-02-01", "--until", "2026-01-01")):
        refused = counter.run("undelete", *times)
        assert (refused.code, "nothing lies between" in refused.stderr) == (2, True)
