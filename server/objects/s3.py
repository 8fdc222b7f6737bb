"""Objects in an S3 bucket."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import boto3
import structlog
from blake3 import blake3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from server.core.errors import NotFoundError, UnavailableError
from server.objects.buffering import regrouped
from server.objects.location import S3Location
from server.objects.s3_errors import is_absent, unavailable
from server.objects.s3_transfer import Download, Upload
from server.objects.store import (
    MIB,
    READ_SIZE,
    ObjectStat,
    ObjectStore,
    StoredObject,
    checked_key,
    checked_range,
    missing,
    require_prefix,
)
from server.objects.threads import Threads

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

P = ParamSpec("P")
T = TypeVar("T")
_DELETE_BATCH = 1000


@dataclass(frozen=True, slots=True)
class S3Credentials:
    """A pair of keys; without one, boto's own chain of sources is asked."""

    access_key: str
    secret_key: str


@dataclass(frozen=True, slots=True)
class S3Patience:
    """How often a request is tried, and how long each try may wait: all of them together less than a request may."""

    attempts: int = 3
    connect_seconds: float = 5.0
    read_seconds: float = 15.0


class S3ObjectStore(ObjectStore):
    """Small objects are one request, larger ones are uploaded in parts; each of them carries a checksum.

    A write holds at most two parts in memory, a read one buffer.
    """

    def __init__(
        self,
        location: S3Location,
        *,
        credentials: S3Credentials | None = None,
        patience: S3Patience | None = None,
        part_size: int = 5 * MIB,
        threads: int = 8,
    ) -> None:
        self._location = location
        self._bucket = location.bucket
        self._patience = patience or S3Patience()
        self._part_size = part_size
        self._threads = Threads(threads, "objects")
        self._client = _client(location, credentials, self._patience, threads)
        self._log = structlog.get_logger("server.objects")

    async def put(self, key: str, chunks: AsyncIterator[bytes]) -> StoredObject:
        name = self._name(key)
        digest = blake3()
        size = 0
        upload: Upload | None = None
        held = b""
        try:
            async for part in regrouped(chunks, self._part_size):
                digest.update(part)
                if held:
                    if upload is None:
                        upload = await self._run("store", key, Upload, self._client, self._bucket, name)
                    await self._run("store", key, upload.add, held)
                held = part
                size += len(part)
            if upload is None:
                await self._run("store", key, self._put_whole, name, held)
            else:
                await self._run("store", key, upload.add, held)
                await self._run("store", key, upload.complete)
        except BaseException:
            if upload is not None:
                await asyncio.shield(self._abandon(upload, key))
            raise
        return StoredObject(key, size, digest.hexdigest())

    async def open(self, key: str, start: int = 0, end: int | None = None) -> AsyncGenerator[bytes, None]:
        checked_range(start, end)
        if start == end:
            await self.stat(key)
            return
        download = Download(self._client, self._bucket, self._name(key), start, end, self._patience.attempts)
        try:
            while chunk := await self._run("read", key, download.read, READ_SIZE):
                yield chunk
        finally:
            download.close()

    async def stat(self, key: str) -> ObjectStat:
        try:
            return ObjectStat(key, await self._run("look at", key, self._size, self._name(key)))
        except NotFoundError:
            await self.ping()  # HEAD gets the same answer when the whole bucket is missing
            raise

    async def delete(self, key: str) -> None:
        await self._run("delete", key, self._delete_all, [self._name(key)])

    async def delete_prefix(self, prefix: str) -> int:
        require_prefix(prefix)
        names = [self._name(found.key) async for found in self.list(prefix)]
        for begin in range(0, len(names), _DELETE_BATCH):
            await self._run("delete", prefix, self._delete_all, names[begin : begin + _DELETE_BATCH])
        return len(names)

    async def list(self, prefix: str = "") -> AsyncIterator[ObjectStat]:
        pages = iter(
            self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=self._location.prefix + prefix
            )
        )
        while page := await self._run("list", prefix, next, pages, None):
            for found in page.get("Contents", []):
                yield ObjectStat(found["Key"].removeprefix(self._location.prefix), found["Size"])

    async def clear_unfinished(self, before: datetime) -> int:
        return await self._run("clear unfinished writes of", "uploads", self._clear, before)

    async def ping(self) -> None:
        await self._run("find", "bucket", self._probe)

    async def close(self) -> None:
        self._threads.close()
        self._client.close()

    def _name(self, key: str) -> str:
        return self._location.prefix + checked_key(key)

    def _put_whole(self, name: str, data: bytes) -> None:
        self._client.put_object(Bucket=self._bucket, Key=name, Body=data, ChecksumAlgorithm="CRC32")

    def _size(self, name: str) -> int:
        return self._client.head_object(Bucket=self._bucket, Key=name)["ContentLength"]

    def _probe(self) -> None:
        """List at most one key: unlike HEAD, that says why it fails."""
        self._client.list_objects_v2(Bucket=self._bucket, Prefix=self._location.prefix, MaxKeys=1)

    def _delete_all(self, names: Sequence[str]) -> None:
        answer = self._client.delete_objects(
            Bucket=self._bucket, Delete={"Objects": [{"Key": name} for name in names], "Quiet": True}
        )
        for failed in answer.get("Errors", []):
            raise UnavailableError(
                f"The object store {self._location} did not delete {failed.get('Key')}: {failed.get('Message')}; "
                "check that the credentials may delete objects."
            )

    def _clear(self, before: datetime) -> int:
        count = 0
        pages = self._client.get_paginator("list_multipart_uploads").paginate(
            Bucket=self._bucket, Prefix=self._location.prefix
        )
        for page in pages:
            for upload in page.get("Uploads", []):
                if upload["Initiated"] <= before:
                    self._client.abort_multipart_upload(
                        Bucket=self._bucket, Key=upload["Key"], UploadId=upload["UploadId"]
                    )
                    count += 1
        return count

    async def _abandon(self, upload: Upload, key: str) -> None:
        """Give up the parts of a failed write; if even that fails, `clear_unfinished` finds them later."""
        try:
            await self._threads.run(upload.abort)
        except (BotoCoreError, ClientError) as error:
            self._log.warning("the parts of a failed upload remain", key=key, error=str(error))

    async def _run(self, action: str, subject: str, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a blocking call; an error of boto becomes one that says what to do."""
        try:
            return await self._threads.run(call, *args, **kwargs)
        except (BotoCoreError, ClientError) as error:
            if is_absent(error):
                raise missing(subject) from error
            raise unavailable(self._location, f"{action} {subject}".strip(), error) from error


def _client(location: S3Location, credentials: S3Credentials | None, patience: S3Patience, threads: int) -> "S3Client":
    return boto3.session.Session().client(
        "s3",
        endpoint_url=location.endpoint,
        region_name=location.region or "us-east-1",
        aws_access_key_id=credentials.access_key if credentials else None,
        aws_secret_access_key=credentials.secret_key if credentials else None,
        config=Config(
            connect_timeout=patience.connect_seconds,
            read_timeout=patience.read_seconds,
            retries={"mode": "standard", "total_max_attempts": patience.attempts},
            max_pool_connections=threads,
            s3={"addressing_style": "path" if location.endpoint else "auto"},
        ),
    )
