"""Dumps as the server writes them, made up."""

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256


def dump_of(
    context: str | None, tables: Mapping[str, list[str]], *, schema_version: int = 2, engine_version: str = "3.2.4"
) -> bytes:
    """The text of a dump with these rows."""
    header = {
        "format": 1,
        "kind": "context" if context else "control",
        "context_id": context,
        "schema_version": schema_version,
        "engine": "embedded",
        "engine_version": engine_version,
        "server_version": "0.1.0",
        "exported_at": "2026-11-21T04:00:00Z",
    }
    statements = ["OPTION IMPORT;", *(f"DEFINE TABLE {table} SCHEMAFULL;" for table in tables)]
    statements += [f"INSERT INTO {table} {row};" for table, rows in tables.items() for row in rows]
    trailer = {
        "tables": {
            table: {"rows": len(rows), "digest": sha256("".join(rows).encode()).hexdigest()}
            for table, rows in tables.items()
        },
        "indexes": [],
        "statements": len(statements) - 1,
    }
    lines = [
        statements[0],
        f"-- spectron-dump: {json.dumps(header)}",
        *statements[1:],
        f"-- spectron: {json.dumps(trailer)}",
    ]
    return "".join(f"{line}\n" for line in lines).encode()


def pieces_of(data: bytes, size: int = 4096) -> Iterator[bytes]:
    for begin in range(0, len(data), size):
        yield data[begin : begin + size]
