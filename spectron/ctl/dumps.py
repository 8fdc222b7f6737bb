"""`spectronctl contexts export` and `spectronctl contexts import`."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, BinaryIO

import typer
from rich.console import RenderableType

from spectron.ctl.arguments import ContextId
from spectron.errors import ArgumentError, ResponseError
from spectron.models.dump import Loaded
from spectron.terminal.commands import command
from spectron.terminal.progress import Told
from spectron.terminal.session import Session
from spectron.terminal.tables import fields, size

PIECE = 1024 * 1024
TRAILER = b"-- spectron: "
TAIL = PIECE


def register(app: typer.Typer) -> None:
    command(app, example="spectronctl contexts export acme-prod --output -")(export)
    command(app, name="import", example="spectronctl contexts import acme-new dump.surql")(import_)


def export(
    session: Session,
    id: ContextId,
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="FILE", help="Where to, else ID.surql; - is stdout.")
    ] = None,
    readable: Annotated[bool, typer.Option("--readable", help="Rows as text that people can read; larger.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Also over a file that is there.")] = False,
) -> None:
    """Write the whole Context as a SurrealQL dump of one moment; documents' originals are not in it."""
    pieces = session.admin.contexts(id).export(form="literals" if readable else None)
    if output == "-":
        for piece in pieces:
            session.out.bytes(piece)
        return
    target = session.terminal.directory / (output or f"{id}.surql")
    if target.exists() and not force:
        raise ArgumentError(f"{target} is there already. --force writes over it, --output names another place.")
    with session.out.progress(quiet=session.as_json) as meter, meter.part(target.name) as told:
        written = _written(pieces, target, told)
    if session.as_json:
        session.out.json({"context_id": id, "path": str(target), "bytes": written})
    else:
        session.out.line(str(target))


def import_(
    session: Session,
    id: ContextId,
    file: Annotated[str, typer.Argument(metavar="FILE", help="The dump; - is standard input.")],
) -> None:
    """Load a dump into a Context that is empty, wholly or not at all."""
    with _opened(file, session) as dump, session.out.progress(quiet=session.as_json) as meter, meter.part(file) as told:
        loaded = session.admin.contexts(id).import_(_pieces(dump, told))
    session.show(loaded, loaded_sheet)


def loaded_sheet(loaded: Loaded) -> RenderableType:
    return fields(
        {
            "Context": loaded.context_id,
            "rows": loaded.rows,
            "bytes": size(loaded.bytes),
            "schema": loaded.schema_version,
            "exported": loaded.dump.get("exported_at"),
            "took": f"{loaded.duration_ms / 1000:.1f} s",
        }
    )


def _written(pieces: Iterator[bytes], target: Path, told: Told) -> int:
    """Write a dump beside its place, and put it there when it is whole; the number of its bytes."""
    part = target.with_name(f".{target.name}.part")
    count, tail = 0, b""
    try:
        with part.open("wb") as file:
            for piece in pieces:
                file.write(piece)
                count, tail = count + len(piece), (tail + piece)[-TAIL:]
                told(count, None)
            file.flush()
            os.fsync(file.fileno())
        last = tail.rstrip(b"\n").rpartition(b"\n")[2]
        if not (last.startswith(TRAILER) and last.endswith(b"}")):
            raise ResponseError("The dump ends without its last line, so it is not whole. Export it again.")
        part.replace(target)
    except OSError as error:
        raise ArgumentError(f"Can't write {target}: {error.strerror}. Name another place with --output.") from error
    finally:
        part.unlink(missing_ok=True)
    return count


def _opened(file: str, session: Session) -> BinaryIO:
    if file == "-":
        return session.terminal.stdin.buffer
    try:
        return (session.terminal.directory / file).open("rb")
    except OSError as error:
        raise typer.BadParameter(f"can't read {file}: {error.strerror}", param_hint="FILE") from error


def _pieces(dump: BinaryIO, told: Told) -> Iterator[bytes]:
    done, total = 0, os.fstat(dump.fileno()).st_size if dump.seekable() else None
    while piece := dump.read(PIECE):
        done += len(piece)
        yield piece
        told(done, total)
