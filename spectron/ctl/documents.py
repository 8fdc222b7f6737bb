"""`spectronctl documents`."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import RenderableType

from spectron.ctl import uploads
from spectron.ctl.arguments import (
    DocumentId,
    DryRun,
    PageNumber,
    PageSize,
    Question,
    ScopeOption,
    Yes,
    pairs,
    scope_of,
    text_of,
)
from spectron.ctl.document_views import chunk_list, document_hits, document_list, document_sheet, keyword_list
from spectron.ctl.modes import Mode
from spectron.errors import ArgumentError
from spectron.terminal.commands import command
from spectron.terminal.session import Session
from spectron.terminal.tables import rows

NOTHING_TO_DO = 3

app = typer.Typer(
    help="Documents: upload, list, show, chunks, keywords, download, reprocess, delete, query.", no_args_is_help=True
)


@command(app, example="spectronctl documents upload notes.md --scope org=acme --context acme-prod")
def upload(
    session: Session,
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="Files and folders; - is standard input.")],
    recursive: Annotated[bool, typer.Option("--recursive", "-r", help="Also what is in folders.")] = False,
    scope: ScopeOption = [],  # noqa: B006 - Typer reads it, nobody writes to it
    title: Annotated[str | None, typer.Option(help="The title, of a single file.")] = None,
    source: Annotated[str | None, typer.Option(help="Where it comes from.")] = None,
    filename: Annotated[str | None, typer.Option(help="Its name, of a single file or of standard input.")] = None,
    metadata: Annotated[list[str], typer.Option(metavar="NAME=VALUE", help="What else to keep with it.")] = [],  # noqa: B006 - Typer reads it, nobody writes to it
    wait: Annotated[bool, typer.Option("--wait", help="Wait until all are processed.")] = False,
    within: Annotated[float, typer.Option(metavar="SECONDS", help="How long to wait for each.")] = 300.0,
) -> None:
    """Upload files; they are processed afterwards. The same file in the same scope is kept once."""
    files = uploads.planned(paths, session, recursive=recursive)
    if not files:
        session.out.note("There is no file there.")
        raise typer.Exit(NOTHING_TO_DO)
    if len(files) > 1 and (title or filename):
        raise typer.BadParameter("is for one file alone", param_hint="--title" if title else "--filename")
    options = {
        "scope": scope_of(scope),
        "title": title,
        "source": source,
        "filename": filename,
        "metadata": pairs(metadata),
    }
    with session.out.progress(quiet=session.as_json) as meter:
        uploading = uploads.Uploading(session.here.documents, meter, options)
        outcomes = uploading.all_of(files)
        if wait:
            uploading.wait(outcomes, within=within)
    if session.as_json:
        session.out.json({"documents": [each.record() for each in outcomes]})
    else:
        session.out.show(_outcome_list(outcomes))
    failed = [each for each in outcomes if each.failed]
    if failed:
        session.out.error(f"{len(failed)} of {len(outcomes)} failed.")
        raise typer.Exit(1)
    if any(not each.processed for each in outcomes):
        session.out.note("They are being processed: --wait waits for it, `spectronctl documents list` shows it.")


@command(app, name="list", example="spectronctl documents list --status failed --context acme-prod")
def list_(
    session: Session,
    status: Annotated[str | None, typer.Option(help="Only those: queued, …, ready, failed.")] = None,
    mime_type: Annotated[str | None, typer.Option(help="Only of this type, such as text/markdown.")] = None,
    page: PageNumber = None,
    page_size: PageSize = None,
) -> None:
    """List documents, the newest first."""
    found = session.here.documents.list(status=status, mime_type=mime_type, page=page, page_size=page_size)
    session.show_page(found, document_list, option="--page")


@command(app, example="spectronctl documents show 4f9k2 --context acme-prod")
def show(session: Session, id: DocumentId) -> None:
    """Show a document and how far its processing has come."""
    session.show(session.here.documents.get(id), document_sheet)


@command(app, example="spectronctl documents chunks 4f9k2 --context acme-prod --json")
def chunks(session: Session, id: DocumentId, page: PageNumber = None, page_size: PageSize = None) -> None:
    """List the chunks of a document in order; with --json, with all their text."""
    session.show_page(session.here.documents.chunks(id, page=page, page_size=page_size), chunk_list, option="--page")


@command(app, example="spectronctl documents keywords 4f9k2 --context acme-prod")
def keywords(session: Session, id: DocumentId) -> None:
    """List the keywords of a document, the best first."""
    session.show(session.here.documents.keywords_of(id), keyword_list)


@command(app, example="spectronctl documents download 4f9k2 --output - --context acme-prod")
def download(
    session: Session,
    id: DocumentId,
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="FILE", help="Where to; - is standard output.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Also over a file that is there.")] = False,
) -> None:
    """Download the original, byte for byte; one that was interrupted goes on where it was."""
    documents = session.here.documents
    if output == "-":
        for piece in documents.raw(id):
            session.out.bytes(piece)
        return
    name = output or Path(documents.get(id).filename or id).name or id
    target = session.terminal.directory / name
    if target.is_dir():
        target /= Path(documents.get(id).filename or id).name
    if target.exists() and not force:
        raise ArgumentError(f"{target} is there already. --force writes over it, --output names another place.")
    with session.out.progress(quiet=session.as_json) as meter, meter.part(target.name) as told:
        document = documents.download(id, target, progress=told)
    if session.as_json:
        session.out.json(document.raw | {"path": str(target)})
    else:
        session.out.line(str(target))


@command(app, example="spectronctl documents reprocess 4f9k2 --context acme-prod")
def reprocess(session: Session, id: DocumentId) -> None:
    """Process a document again, for instance after it failed; its chunks stay readable until the new ones are there."""
    answer = session.here.documents.reprocess(id)
    if session.as_json:
        session.out.json(answer.raw)
    else:
        session.out.note(f"{id} is {answer.status}. `spectronctl documents show {id}` shows how far it is.")


@command(app, example="spectronctl documents delete 4f9k2 --dry-run --context acme-prod")
def delete(session: Session, id: DocumentId, yes: Yes = False, dry_run: DryRun = False) -> None:
    """Delete a document with its chunks, keywords and original, for good."""
    documents = session.here.documents
    if dry_run:
        session.show(documents.get(id), document_sheet)
        session.out.note("Nothing was deleted.")
        return
    if not yes:
        session.out.preview(document_sheet(documents.get(id)))
        session.confirm(id, "Deleting a document can't be undone.")
    deleted = documents.delete(id)
    if session.as_json:
        session.out.json(deleted.raw)
    else:
        session.out.note(f"Document {id} is deleted with {deleted.chunks} chunks. Audit event {deleted.audit_id}.")


@command(app, example='spectronctl documents query "How long is the warranty?" --context acme-prod')
def query(
    session: Session,
    text: Question,
    k: Annotated[int | None, typer.Option("-k", help="How many at most.")] = None,
    mode: Annotated[Mode | None, typer.Option(help="How to search.")] = None,
    threshold: Annotated[float | None, typer.Option(help="Leave out what scores lower.")] = None,
    scope: ScopeOption = [],  # noqa: B006 - Typer reads it, nobody writes to it
    where: Annotated[list[str], typer.Option("--filter", metavar="NAME=VALUE", help="Only documents like this.")] = [],  # noqa: B006 - Typer reads it, nobody writes to it
) -> None:
    """Find the chunks of documents that answer a question, the best first."""
    filter_: dict[str, Any] = {name: _value(value) for name, value in pairs(where).items()}
    found = session.here.documents.query(
        text_of(text, session),
        k=k,
        mode=mode.value if mode else None,
        threshold=threshold,
        scope=scope_of(scope),
        filter=filter_ or None,
    )
    session.show(found, document_hits)


def _outcome_list(outcomes: list[uploads.Outcome]) -> RenderableType:
    return rows(
        ("FILE", "ID", "STATUS", "REMARK"),
        ((each.name, each.upload.id if each.upload else None, each.status, each.remark) for each in outcomes),
    )


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
