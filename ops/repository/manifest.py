"""What a backup set holds, written down so that every byte of it can be checked."""

import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, Literal

from pydantic import ValidationError

from ops.dump import DumpHeader, DumpTrailer, Frozen
from ops.errors import DamagedError

CHECKSUM = "checksum"


class File(Frozen):
    """One file of a set: as it is stored, and as it was before it was compressed and encrypted."""

    name: str
    size: int
    sha256: str
    plain_size: int
    plain_sha256: str


class Dump(Frozen):
    """The dump of a Context or of the control plane."""

    file: File
    kind: Literal["context", "control"]
    context: str | None
    namespace: str | None = None
    database: str | None = None
    header: DumpHeader
    trailer: DumpTrailer
    warnings: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The Context's id, or what the control plane is called."""
        return self.context or "control plane"


class Objects(Frozen):
    """The inventory of document originals, and how much it lists."""

    file: File
    count: int
    bytes: int
    copied: bool


class Failure(Frozen):
    """A part that should be in the set and is not."""

    part: str
    message: str


class Manifest(Frozen):
    """A set, complete or with the reasons why it is not."""

    format: Literal[1] = 1
    id: str
    started_at: datetime
    finished_at: datetime
    tool_version: str
    source: str
    complete: bool = True
    """Whether every Context was asked for, and not but some."""
    recipients: tuple[str, ...] = ()
    contexts: tuple[Dump, ...] = ()
    control: Dump | None = None
    objects: Objects | None = None
    notices: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()

    @property
    def dumps(self) -> tuple[Dump, ...]:
        return (*self.contexts, *([self.control] if self.control else []))

    @property
    def files(self) -> tuple[File, ...]:
        return (*(dump.file for dump in self.dumps), *([self.objects.file] if self.objects else []))

    @property
    def warnings(self) -> tuple[str, ...]:
        """What looks wrong though nothing failed."""
        return (*self.notices, *(f"{dump.name}: {text}" for dump in self.dumps for text in dump.warnings))

    @property
    def good(self) -> bool:
        """Whether all that should be in it is in it, and looks as it should."""
        return not self.failures and not self.warnings

    @property
    def encrypted(self) -> bool:
        return bool(self.recipients)

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files)

    @property
    def rows(self) -> int:
        return sum(dump.trailer.rows for dump in self.dumps)

    def of_context(self, context: str) -> Dump | None:
        return next((dump for dump in self.contexts if dump.context == context), None)

    def encode(self) -> bytes:
        """As it is stored: JSON with a checksum of itself."""
        document = self.model_dump(mode="json")
        return json.dumps(document | {CHECKSUM: _checksum(document)}, indent=1, ensure_ascii=False).encode()

    @classmethod
    def decode(cls, data: bytes, name: str) -> "Manifest":
        """The manifest of that name; `DamagedError` if any byte of it is another than was written."""
        try:
            document = json.loads(data)
            checksum = document.pop(CHECKSUM)
            if checksum != _checksum(document):
                raise DamagedError(f"{name} is damaged: its checksum is not that of its content. Use another set.")
            return cls.model_validate(document)
        except (ValueError, KeyError, AttributeError, TypeError, ValidationError) as error:
            raise DamagedError(f"{name} is damaged, or of a newer version: {error}. Use another set.") from error


def _checksum(document: Mapping[str, Any]) -> str:
    return sha256(json.dumps(document, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
