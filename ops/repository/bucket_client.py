"""Clients of S3 and of what speaks its protocol."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import boto3
from botocore.config import Config

from ops.repository.location import BucketLocation

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@dataclass(frozen=True, slots=True)
class Credentials:
    """A pair of keys, for a limited time with a token."""

    access_key: str
    secret_key: str
    token: str | None = None

    @classmethod
    def by_environment(cls, environ: Mapping[str, str]) -> Self | None:
        """Those that the environment gives; with None, boto's own chain of sources is asked."""
        access, secret = environ.get("AWS_ACCESS_KEY_ID"), environ.get("AWS_SECRET_ACCESS_KEY")
        return cls(access, secret, environ.get("AWS_SESSION_TOKEN") or None) if access and secret else None


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a request is tried, and how long each try may wait."""

    attempts: int = 4
    connect_seconds: float = 5.0
    read_seconds: float = 60.0


def bucket_client(location: BucketLocation, credentials: Credentials | None, patience: Patience) -> "S3Client":
    """A client for the bucket's endpoint."""
    return boto3.session.Session().client(
        "s3",
        endpoint_url=location.endpoint,
        region_name=location.region or "us-east-1",
        aws_access_key_id=credentials.access_key if credentials else None,
        aws_secret_access_key=credentials.secret_key if credentials else None,
        aws_session_token=credentials.token if credentials else None,
        config=Config(
            connect_timeout=patience.connect_seconds,
            read_timeout=patience.read_seconds,
            retries={"mode": "standard", "total_max_attempts": patience.attempts},
            s3={"addressing_style": "path" if location.endpoint else "auto"},
        ),
    )
