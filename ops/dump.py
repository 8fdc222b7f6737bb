"""Dumps as they pass by: what the first lines announce and the last line sums up."""

import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from ops.errors import DamagedError

HEADER = b"-- spectron-dump: "
TRAILER = b"-- spectron: "
COMMENT = b"--"
# A header or a trailer is far smaller; of other lines no more is kept than this.
LONGEST_COMMENT = 4 << 20


class Frozen(BaseModel):
    """A value that is read from a file and never changed; fields of newer versions are no mistake."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Table(Frozen):
    """How many rows a table has, and the digest of all of them."""

    rows: int
    digest: str


class DumpHeader(Frozen):
    """What a dump says of itself at its beginning."""

    format: int
    kind: str
    context_id: str | None = None
    schema_version: int | None = None
    engine: str | None = None
    engine_version: str | None = None
    server_version: str | None = None
    exported_at: str | None = None


class DumpTrailer(Frozen):
    """What a dump held, as its last line says."""

    tables: Mapping[str, Table]
    indexes: tuple[str, ...] = ()
    statements: int

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables.values())

    @property
    def rows_of_users(self) -> int:
        """Without what the server notes of itself, such as its migrations: an empty Context has such rows, too."""
        return sum(table.rows for name, table in self.tables.items() if not name.startswith("_"))


class DumpWatch:
    """Reads along while a dump passes in pieces, in little memory."""

    def __init__(self) -> None:
        self._line = bytearray()
        self._number = 0
        self._statements = 0
        self._header: bytes | None = None
        self._last = b""

    def feed(self, data: bytes) -> None:
        first, *others = data.split(b"\n")
        self._extend(first)
        for piece in others:
            self._end_of_line()
            self._extend(piece)

    def summary(self) -> tuple[DumpHeader, DumpTrailer]:
        """Header and trailer; `DamagedError` if this was no whole dump."""
        if self._header is None:
            raise DamagedError("This is no dump of Spectron: its second line does not say what it is. Export it again.")
        if self._line or not self._last.startswith(TRAILER):
            raise DamagedError("The dump was cut short: its last line is missing. Export it again.")
        try:
            header = DumpHeader.model_validate(_document(self._header, HEADER))
            trailer = DumpTrailer.model_validate(_document(self._last, TRAILER))
        except (ValueError, ValidationError) as error:
            raise DamagedError(f"The dump's header or trailer can't be read: {error}. Export it again.") from error
        if trailer.statements != self._statements:
            raise DamagedError(
                f"The dump has {self._statements} statements and says it has {trailer.statements}: some were lost or "
                "added on the way. Export it again."
            )
        return header, trailer

    def _extend(self, piece: bytes) -> None:
        if len(self._line) < LONGEST_COMMENT:
            self._line += piece

    def _end_of_line(self) -> None:
        self._number += 1
        is_comment = self._line.startswith(COMMENT)
        # What opens a dump, before its header, is not counted by who writes it.
        self._statements += bool(self._line) and not is_comment and self._number > 1
        self._last = bytes(self._line) if is_comment else b""
        if self._number == 2 and self._last.startswith(HEADER):  # noqa: PLR2004 - the format puts it there
            self._header = self._last
        self._line.clear()


def _document(line: bytes, prefix: bytes) -> Any:
    return json.loads(line.removeprefix(prefix))
