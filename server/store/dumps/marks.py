"""What frames a dump: the header that says what it is, and the trailer that proves what it holds."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, Self

from server.core.errors import UnprocessableError

FORMAT = 1
OPENING = "OPTION IMPORT;"
HEADER = "-- spectron-dump: "
TRAILER = "-- spectron: "

Kind = Literal["context", "control"]
Form = Literal["blocks", "literals"]

# Tables of what passes by itself; a dump defines them and carries none of their rows.
PASSING: Mapping[Kind, frozenset[str]] = {
    "context": frozenset({"idempotency", "sweep_fence"}),
    "control": frozenset({"idempotency", "lease"}),
}
FOREIGN = (
    "This is not a dump that Spectron made; one begins with `OPTION IMPORT;` and says in its second line what it is."
)


@dataclass(frozen=True)
class Header:
    """What a dump is and where it comes from; `context_id` is None for the control plane."""

    format: int
    kind: Kind
    context_id: str | None
    schema_version: int
    rows: Form
    engine: str
    engine_version: str
    server_version: str
    exported_at: str

    @property
    def line(self) -> str:
        return HEADER + _compact(asdict(self))

    @classmethod
    def parsed(cls, line: str) -> Self:
        """Read a header's line; `UnprocessableError` where it is none, or one that this version does not know."""
        if not line.startswith(HEADER):
            raise UnprocessableError(FOREIGN)
        document = _object(line.removeprefix(HEADER))
        if isinstance(document.get("format"), int) and document["format"] > FORMAT:
            raise UnprocessableError(
                f"The dump is of format {document['format']}, and this server reads up to {FORMAT}; import it with the "
                "version of Spectron that made it, or a later one."
            )
        kinds = {field.name: field.type for field in fields(cls)}
        whole = {"format", "schema_version"}
        fits = document.keys() == kinds.keys() and all(
            isinstance(value, int) if name in whole else isinstance(value, str) or (name == "context_id" and not value)
            for name, value in document.items()
        )
        if not fits or document["kind"] not in PASSING or document["rows"] not in {"blocks", "literals"}:
            raise UnprocessableError(FOREIGN)
        return cls(**document)


@dataclass(frozen=True)
class TableSum:
    """How many rows a table has, and the SHA-256 of their encodings in the order of their ids."""

    rows: int
    digest: str


@dataclass(frozen=True)
class Trailer:
    """The last line: without it, a dump is cut."""

    tables: Mapping[str, TableSum]
    indexes: tuple[str, ...]
    statements: int

    @property
    def line(self) -> str:
        return TRAILER + _compact(asdict(self))

    @classmethod
    def parsed(cls, line: str) -> Self:
        document = _object(line.removeprefix(TRAILER))
        try:
            tables = {name: TableSum(int(one["rows"]), str(one["digest"])) for name, one in document["tables"].items()}
            indexes = tuple(str(name) for name in document["indexes"])
            return cls(tables, indexes, int(document["statements"]))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise UnprocessableError("The last line of the dump is damaged; import another copy of it.") from error


def _compact(document: Mapping[str, Any]) -> str:
    return json.dumps(document, separators=(",", ":"))


def _object(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnprocessableError("A line of the dump that describes it is damaged; import another copy.") from error
    if not isinstance(document, dict):
        raise UnprocessableError("A line of the dump that describes it is damaged; import another copy.")
    return document
