"""One upload in parts, and one download that survives a cut connection."""

from typing import TYPE_CHECKING

from botocore.exceptions import ConnectionError as EndpointError
from botocore.exceptions import HTTPClientError, IncompleteReadError

from ops.repository.bucket_errors import reported
from ops.repository.location import BucketLocation
from ops.repository.storage import Writer

if TYPE_CHECKING:
    from botocore.response import StreamingBody
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef, GetObjectRequestTypeDef

CUT = (HTTPClientError, EndpointError, IncompleteReadError)
PART_SIZE = 8 << 20
# The protocol allows 10,000 parts: they grow, so that a file of hundreds of gigabytes fits.
PARTS_OF_ONE_SIZE = 1000


class Upload(Writer):
    """A file of up to one part is one request; a larger one appears when its last part has arrived."""

    def __init__(self, client: "S3Client", location: BucketLocation, name: str) -> None:
        self._client = client
        self._location = location
        self._bucket = location.bucket
        self._key = location.prefix + name
        self._name = name
        self._id: str | None = None
        self._parts: list[CompletedPartTypeDef] = []
        self._buffer = bytearray()

    def write(self, data: bytes, /) -> int:
        self._buffer += data
        size = PART_SIZE * (1 + len(self._parts) // PARTS_OF_ONE_SIZE)
        while len(self._buffer) > size:
            self._send(bytes(self._buffer[:size]))
            del self._buffer[:size]
        return len(data)

    def commit(self) -> None:
        with reported(self._location, f"write {self._name}"):
            if self._id is None:
                self._client.put_object(
                    Bucket=self._bucket, Key=self._key, Body=bytes(self._buffer), ChecksumAlgorithm="CRC32"
                )
                return
            self._send(bytes(self._buffer))
            self._client.complete_multipart_upload(
                Bucket=self._bucket, Key=self._key, UploadId=self._id, MultipartUpload={"Parts": self._parts}
            )

    def abandon(self) -> None:
        if self._id is not None:
            with reported(self._location, f"give up the upload of {self._name}"):
                self._client.abort_multipart_upload(Bucket=self._bucket, Key=self._key, UploadId=self._id)

    def _send(self, data: bytes) -> None:
        with reported(self._location, f"write {self._name}"):
            if self._id is None:
                self._id = self._client.create_multipart_upload(
                    Bucket=self._bucket, Key=self._key, ChecksumAlgorithm="CRC32"
                )["UploadId"]
            number = len(self._parts) + 1
            answer = self._client.upload_part(
                Bucket=self._bucket,
                Key=self._key,
                UploadId=self._id,
                PartNumber=number,
                Body=data,
                ChecksumAlgorithm="CRC32",
            )
            part: CompletedPartTypeDef = {"PartNumber": number, "ETag": answer["ETag"]}
            if "ChecksumCRC32" in answer:
                part["ChecksumCRC32"] = answer["ChecksumCRC32"]
            self._parts.append(part)


class Download:
    """The bytes of an object, asked for again from where it was when the connection breaks."""

    def __init__(self, client: "S3Client", location: BucketLocation, name: str, attempts: int) -> None:
        self._client = client
        self._location = location
        self._name = name
        self._attempts_left = attempts
        self._position = 0
        self._size = 0
        self._etag: str | None = None
        self._body: StreamingBody | None = None

    def begin(self) -> None:
        """Ask for the bytes that are still missing, of the same version of the object."""
        wanted: GetObjectRequestTypeDef = {"Bucket": self._location.bucket, "Key": self._location.prefix + self._name}
        if self._etag:
            wanted["IfMatch"] = self._etag
            wanted["Range"] = f"bytes={self._position}-"
        with reported(self._location, f"read {self._name}"):
            answer = self._client.get_object(**wanted)
        if self._etag is None:
            self._size = answer["ContentLength"]
        self._etag = answer["ETag"]
        self._body = answer["Body"]

    def read(self, size: int = -1, /) -> bytes:
        with reported(self._location, f"read {self._name}"):
            while self._position < self._size:
                try:
                    if self._body is None:
                        self.begin()
                    chunk = self._body.read(None if size < 0 else size) if self._body else b""
                except CUT:
                    self._attempts_left -= 1
                    self.close()
                    if self._attempts_left <= 0:
                        raise
                    continue
                self._position += len(chunk)
                return chunk
        return b""

    def close(self) -> None:
        if self._body is not None:
            self._body.close()
            self._body = None
