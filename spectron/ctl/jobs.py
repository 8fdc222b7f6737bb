"""`spectronctl jobs` and `spectronctl events`."""

from enum import StrEnum
from typing import Annotated

import typer

from spectron.ctl.arguments import Cursor, Limit
from spectron.ctl.document_views import job_list, job_sheet
from spectron.errors import SpectronError
from spectron.models.job import Event
from spectron.terminal.commands import command
from spectron.terminal.session import Session
from spectron.terminal.tables import excerpt

app = typer.Typer(help="The job queue: list, show, retry, cancel.", no_args_is_help=True)

JobId = Annotated[str, typer.Argument(metavar="ID", help="The job's id, as `jobs list` shows it.")]


class State(StrEnum):
    """What may become of a job."""

    QUEUED = "queued"
    RETRYING = "retrying"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    DEAD = "dead"
    CANCELLED = "cancelled"


class Kind(StrEnum):
    """What events tell of."""

    DOCUMENT = "document"
    JOB = "job"
    SWEEP = "sweep"
    TRACE = "trace"


def register(root: typer.Typer) -> None:
    command(root, example="spectronctl events --kind job --limit 1")(events)


@command(app, name="list", example="spectronctl jobs list --state dead")
def list_(
    session: Session,
    state: Annotated[State | None, typer.Option(help="Only those in this state.")] = None,
    limit: Limit = None,
    cursor: Cursor = None,
) -> None:
    """List jobs of all Contexts or of that of --context, the newest first."""
    page = session.admin.jobs.list(
        context=session.given.context, state=state.value if state else None, limit=limit, cursor=cursor
    )
    session.show_page(page, job_list, option="--cursor")


@command(app, example="spectronctl jobs show 20261121-4f9k2")
def show(session: Session, id: JobId) -> None:
    """Show a job with its progress and its last error."""
    session.show(session.admin.jobs.get(id), job_sheet)


@command(app, example="spectronctl jobs retry 20261121-4f9k2")
def retry(session: Session, id: JobId) -> None:
    """Queue a job that failed or was cancelled once more, with all its attempts."""
    session.show(session.admin.jobs.retry(id), job_sheet)


@command(app, example="spectronctl jobs cancel 20261121-4f9k2")
def cancel(session: Session, id: JobId) -> None:
    """Cancel an unfinished job; `retry` queues it again."""
    session.show(session.admin.jobs.cancel(id), job_sheet)


def events(
    session: Session,
    kind: Annotated[list[Kind], typer.Option(help="Only these; repeatable.")] = [],  # noqa: B006 - Typer reads it, nobody writes to it
    limit: Annotated[int | None, typer.Option(min=1, help="Stop after so many.")] = None,
    after: Annotated[str | None, typer.Option(metavar="EVENT_ID", help="Go on after this one.")] = None,
) -> None:
    """Follow what happens, of all Contexts or of that of --context, until Ctrl-C; with --json, one event a line."""

    def lost(error: SpectronError) -> None:
        session.out.note(f"{error} Trying again.")

    following = session.admin.events.follow(
        context=session.given.context, kinds=[each.value for each in kind], last_event_id=after, lost=lost
    )
    for number, event in enumerate(following, start=1):
        if session.as_json:
            session.out.record({"id": event.id, "kind": event.kind, "data": event.data})
        else:
            session.out.line(event_line(event))
            session.out.flush()
        if number == limit:
            return


def event_line(event: Event) -> str:
    """An event in a line: when, where, of what, and what of it."""
    data = event.data
    match event.kind:
        case "job":
            what = [data.get("kind"), data.get("subject"), data.get("state"), data.get("stage"), _progress(data)]
        case "document":
            what = [data.get("id"), data.get("title"), data.get("status"), _progress(data)]
        case "trace":
            what = [data.get("kind"), data.get("tier"), data.get("query")]
        case "sweep":
            what = [data.get("state"), f"{data.get('deleted_count', 0)} deleted"]
        case _:
            what = [data.get("reason")]
    what.append(data.get("error"))
    at = f"{event.at:%H:%M:%S}" if event.at else "--:--:--"
    return " ".join([at, event.context_id or "-", event.kind, *(excerpt(str(one), 120) for one in what if one)])


def _progress(data: dict[str, object]) -> str | None:
    progress = data.get("progress")
    if not isinstance(progress, dict) or not progress.get("total"):
        return None
    return f"{progress.get('done') or 0}/{progress['total']}"
