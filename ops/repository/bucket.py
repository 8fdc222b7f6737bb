"""A backup repository in an S3 bucket."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from ops.repository.bucket_client import Credentials, Patience, bucket_client
from ops.repository.bucket_errors import ABSENT, CHANGED, error_code, reported
from ops.repository.bucket_transfer import Download, Upload
from ops.repository.location import BucketLocation
from ops.repository.storage import Readable, Storage, Stored, Tagged, Writer

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class BucketStorage(Storage):
    """Files are objects below the location's prefix; large ones are uploaded in parts."""

    def __init__(
        self, location: BucketLocation, *, credentials: Credentials | None = None, patience: Patience | None = None
    ) -> None:
        self._location = location
        self._bucket = location.bucket
        self._patience = patience or Patience()
        self._client: S3Client = bucket_client(location, credentials, self._patience)

    def __str__(self) -> str:
        return str(self._location)

    def create(self, name: str) -> Writer:
        return Upload(self._client, self._location, name)

    @contextmanager
    def reading(self, name: str) -> Iterator[Readable]:
        download = Download(self._client, self._location, name, self._patience.attempts)
        try:
            download.begin()
            yield download
        finally:
            download.close()

    def list(self, prefix: str = "") -> Iterator[Stored]:
        with reported(self._location, "list its files"):
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=self._location.prefix + prefix
            )
            for page in pages:
                for found in page.get("Contents", []):
                    name = found["Key"].removeprefix(self._location.prefix)
                    yield Stored(name, found["Size"], found["LastModified"])

    def delete(self, name: str) -> None:
        with reported(self._location, f"delete {name}"):
            self._client.delete_object(Bucket=self._bucket, Key=self._key(name))

    def read(self, name: str) -> Tagged | None:
        with reported(self._location, f"read {name}"):
            try:
                answer = self._client.get_object(Bucket=self._bucket, Key=self._key(name))
                with answer["Body"] as body:
                    return Tagged(body.read(), answer["ETag"])
            except ClientError as error:
                if error_code(error) in ABSENT:
                    return None
                raise

    def replace(self, name: str, data: bytes, tag: str | None) -> bool:
        with reported(self._location, f"write {name}"):
            key = self._key(name)
            try:
                if tag is None:
                    self._client.put_object(Bucket=self._bucket, Key=key, Body=data, IfNoneMatch="*")
                else:
                    self._client.put_object(Bucket=self._bucket, Key=key, Body=data, IfMatch=tag)
            except ClientError as error:
                if error_code(error) in CHANGED | ABSENT:
                    return False
                raise
            return True

    def put(self, name: str, data: bytes) -> None:
        with reported(self._location, f"write {name}"):
            self._client.put_object(Bucket=self._bucket, Key=self._key(name), Body=data, ChecksumAlgorithm="CRC32")

    def clear_unfinished(self) -> int:
        count = 0
        with reported(self._location, "clear unfinished uploads"):
            pages = self._client.get_paginator("list_multipart_uploads").paginate(
                Bucket=self._bucket, Prefix=self._location.prefix
            )
            for page in pages:
                for upload in page.get("Uploads", []):
                    self._client.abort_multipart_upload(
                        Bucket=self._bucket, Key=upload["Key"], UploadId=upload["UploadId"]
                    )
                    count += 1
        return count

    def check(self) -> None:
        """List at most one name: unlike HEAD, that says why it fails."""
        with reported(self._location, "list its files"):
            self._client.list_objects_v2(Bucket=self._bucket, Prefix=self._location.prefix, MaxKeys=1)

    def close(self) -> None:
        self._client.close()

    def _key(self, name: str) -> str:
        return self._location.prefix + name
