"""Addresses of backup repositories."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from spectron.errors import ArgumentError

EXAMPLES = (
    "write a folder such as /var/backups/spectron, or s3://bucket/prefix?endpoint=https://host:9000&region=eu-west-1"
)


@dataclass(frozen=True, slots=True)
class BucketLocation:
    """A bucket, the prefix of every name in it, and where it is served; without an endpoint that is Amazon."""

    bucket: str
    prefix: str = ""
    endpoint: str | None = None
    region: str | None = None

    @classmethod
    def parse(cls, address: str) -> Self:
        parts = urlsplit(address)
        options = dict(parse_qsl(parts.query, keep_blank_values=True))
        unknown = sorted(options.keys() - {"endpoint", "region"})
        if parts.scheme != "s3" or not parts.netloc or parts.fragment or unknown:
            problem = f"the option {unknown[0]!r} is unknown" if unknown else "it names no bucket"
            raise ArgumentError(f"{address!r} is no address of a bucket: {problem}; {EXAMPLES}.")
        endpoint = options.get("endpoint") or None
        if endpoint and urlsplit(endpoint).scheme not in {"http", "https"}:
            raise ArgumentError(f"The endpoint {endpoint!r} is no http or https address; {EXAMPLES}.")
        prefix = unquote(parts.path).strip("/")
        return cls(parts.netloc, f"{prefix}/" if prefix else "", endpoint, options.get("region") or None)

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{quote(self.prefix)}" + (f" at {self.endpoint}" if self.endpoint else "")


@dataclass(frozen=True, slots=True)
class FolderLocation:
    """A folder on this machine."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)


Location = FolderLocation | BucketLocation


def parse_location(address: str, directory: Path) -> Location:
    """What an address means; a relative folder is one below `directory`."""
    scheme, separator, _ = address.partition("://")
    if not separator:
        if not address.strip():
            raise ArgumentError(f"The repository has no address; {EXAMPLES}.")
        return FolderLocation((directory / Path(address).expanduser()).absolute())
    match scheme:
        case "s3":
            return BucketLocation.parse(address)
        case "file":
            return FolderLocation(_folder(address))
        case _:
            raise ArgumentError(f"{address!r} is no address of a backup repository; {EXAMPLES}.")


def _folder(address: str) -> Path:
    parts = urlsplit(address)
    if parts.netloc not in {"", "localhost"} or not parts.path.strip("/"):
        raise ArgumentError(f"{address!r} is no address of a folder on this machine; {EXAMPLES}.")
    return Path(unquote(parts.path))
