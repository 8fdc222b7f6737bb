"""Addresses of object stores."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import parse_qsl, unquote, urlsplit

from server.core.errors import ValidationError

_EXAMPLES = "write file:///var/lib/spectron/objects or s3://bucket/prefix?endpoint=https://host:9000&region=eu-west-1"


@dataclass(frozen=True, slots=True)
class S3Location:
    """A bucket, the prefix of every key in it, and where it is served; without an endpoint that is Amazon."""

    bucket: str
    prefix: str = ""
    endpoint: str | None = None
    region: str | None = None

    @classmethod
    def parse(cls, url: str) -> Self:
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query, keep_blank_values=True))
        unknown = sorted(options.keys() - {"endpoint", "region"})
        if parts.scheme != "s3" or not parts.netloc or parts.fragment or unknown:
            problem = f"the option {unknown[0]!r} is unknown" if unknown else "it names no bucket"
            raise ValidationError(f"{url!r} is no address of an S3 bucket: {problem}; {_EXAMPLES}.")
        endpoint = options.get("endpoint") or None
        if endpoint and urlsplit(endpoint).scheme not in {"http", "https"}:
            raise ValidationError(f"The endpoint {endpoint!r} is no http or https address; {_EXAMPLES}.")
        prefix = unquote(parts.path).strip("/")
        return cls(parts.netloc, f"{prefix}/" if prefix else "", endpoint, options.get("region") or None)

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}" + (f" at {self.endpoint}" if self.endpoint else "")


def file_location(url: str) -> Path:
    """The folder that a `file://` address means."""
    parts = urlsplit(url)
    if parts.scheme != "file" or parts.netloc not in {"", "localhost"} or not parts.path.strip("/"):
        raise ValidationError(f"{url!r} is no address of a folder on this machine; {_EXAMPLES}.")
    return Path(unquote(parts.path))


def unknown_location(url: str) -> ValidationError:
    """The error for an address of no known kind."""
    return ValidationError(f"{url!r} is no address of an object store; {_EXAMPLES}.")
