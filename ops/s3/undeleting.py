"""Bringing back objects by removing the markers that hide them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any

from ops.errors import OpsError
from ops.s3.part import Bucket
from ops.s3.refusals import explained

BATCH = 1000


@dataclass(frozen=True)
class Hidden:
    """A deleted object that has a version to come back to."""

    key: str
    deleted_at: datetime
    size: int
    markers: tuple[str, ...] = field(repr=False)


def hidden_objects(bucket: Bucket, prefix: str, since: datetime, until: datetime) -> Iterator[Hidden]:
    """The objects below a prefix that were deleted in that time and still are."""
    for key, history in _histories(bucket, bucket.location.prefix + prefix):
        markers = []
        for entry in history:
            if not entry["marker"]:
                break
            markers.append(entry)
        if not markers or len(markers) == len(history):
            continue
        if all(since <= marker["at"] < until for marker in markers):
            version = history[len(markers)]
            ids = tuple(marker["id"] for marker in markers)
            yield Hidden(key.removeprefix(bucket.location.prefix), markers[0]["at"], version["size"], ids)


def undelete(bucket: Bucket, found: Sequence[Hidden]) -> int:
    """Remove their markers; returns how many objects are back."""
    markers = [
        {"Key": bucket.location.prefix + one.key, "VersionId": marker} for one in found for marker in one.markers
    ]
    with explained(bucket.location, "remove delete markers"):
        for begin in range(0, len(markers), BATCH):
            answer: Any = bucket.client.delete_objects(
                Bucket=bucket.name,
                Delete={"Objects": markers[begin : begin + BATCH], "Quiet": True},  # type: ignore[typeddict-item]
            )
            for failed in answer.get("Errors", []):
                raise OpsError(
                    f"{bucket.location} kept the delete marker of {failed.get('Key')}: {failed.get('Message')}. "
                    "The credentials need s3:DeleteObjectVersion; run it again to go on."
                )
    return len(found)


def _histories(bucket: Bucket, prefix: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Each object's versions and markers, the newest first."""
    with explained(bucket.location, "list its versions"):
        key, history = None, []
        for page in bucket.client.get_paginator("list_object_versions").paginate(Bucket=bucket.name, Prefix=prefix):
            for entry in _entries(page):
                if key is not None and entry["key"] != key:
                    yield key, _newest_first(history)
                    history = []
                key = entry["key"]
                history.append(entry)
        if key is not None:
            yield key, _newest_first(history)


def _entries(page: Any) -> list[dict[str, Any]]:
    """Versions and markers of a page, which lists them apart, in the order of keys."""
    found = [
        {
            "key": one["Key"],
            "id": one["VersionId"],
            "at": one["LastModified"].astimezone(UTC),
            "size": one.get("Size", 0),
            "marker": kind == "DeleteMarkers",
            "latest": one["IsLatest"],
        }
        for kind in ("Versions", "DeleteMarkers")
        for one in page.get(kind, [])
    ]
    return sorted(found, key=itemgetter("key"))


def _newest_first(history: list[dict[str, Any]]) -> list[dict[str, Any]]:
    # Times are whole seconds: of one second, a marker is taken for newer than a version, since the newest is a marker.
    return sorted(history, key=lambda one: (one["latest"], one["at"], one["marker"]), reverse=True)
