"""One upload in parts and one download that survives a cut connection: blocking, for use in a thread."""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError, HTTPClientError, IncompleteReadError
from botocore.exceptions import ConnectionError as EndpointError

from server.objects.s3_errors import is_past_the_end

if TYPE_CHECKING:
    from botocore.response import StreamingBody
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef, GetObjectRequestTypeDef

_CUT = (HTTPClientError, EndpointError, IncompleteReadError)


class Upload:
    """A multipart upload; `parts` counts those that arrived."""

    def __init__(self, client: "S3Client", bucket: str, name: str) -> None:
        self._client = client
        self._bucket = bucket
        self._name = name
        self._id = client.create_multipart_upload(Bucket=bucket, Key=name, ChecksumAlgorithm="CRC32")["UploadId"]
        self._parts: list[CompletedPartTypeDef] = []

    def add(self, data: bytes) -> None:
        number = len(self._parts) + 1
        answer = self._client.upload_part(
            Bucket=self._bucket,
            Key=self._name,
            UploadId=self._id,
            PartNumber=number,
            Body=data,
            ChecksumAlgorithm="CRC32",
        )
        part: CompletedPartTypeDef = {"PartNumber": number, "ETag": answer["ETag"]}
        if "ChecksumCRC32" in answer:
            part["ChecksumCRC32"] = answer["ChecksumCRC32"]
        self._parts.append(part)

    def complete(self) -> None:
        self._client.complete_multipart_upload(
            Bucket=self._bucket, Key=self._name, UploadId=self._id, MultipartUpload={"Parts": self._parts}
        )

    def abort(self) -> None:
        self._client.abort_multipart_upload(Bucket=self._bucket, Key=self._name, UploadId=self._id)


class Download:
    """The bytes of an object or of a range; asked for again from where it was when the connection breaks."""

    def __init__(self, client: "S3Client", bucket: str, name: str, start: int, end: int | None, attempts: int) -> None:
        self._client = client
        self._bucket = bucket
        self._name = name
        self._position = start
        self._end = end
        self._etag: str | None = None
        self._attempts_left = attempts
        self._body: StreamingBody | None = None

    def read(self, size: int) -> bytes:
        """Up to that many of the next bytes; none at the end, nor beyond it."""
        while True:
            try:
                body = self._body or self._begin()
                chunk = body.read(size)
            except _CUT:
                self._attempts_left -= 1
                if self._attempts_left <= 0:
                    raise
                self.close()
                continue
            except ClientError as error:
                if is_past_the_end(error):
                    return b""
                raise
            self._position += len(chunk)
            return chunk

    def _begin(self) -> "StreamingBody":
        """Ask for the bytes that are still missing, of the same version of the object."""
        condition: GetObjectRequestTypeDef = {"Bucket": self._bucket, "Key": self._name}
        if self._etag:
            condition["IfMatch"] = self._etag
        if self._position or self._end is not None:
            condition["Range"] = f"bytes={self._position}-{'' if self._end is None else self._end - 1}"
        answer = self._client.get_object(**condition)
        self._etag = answer["ETag"]
        self._body = answer["Body"]
        return self._body

    def close(self) -> None:
        if self._body is not None:
            self._body.close()
            self._body = None
