"""`spectronctl contexts`."""

from typing import Annotated, Any

import typer

from spectron.ctl.arguments import ContextId, Yes
from spectron.ctl.config_options import ConfigOptions, put
from spectron.ctl.context_views import context_list, context_sheet, deletion_sheet
from spectron.models.context import Context
from spectron.models.record import Page
from spectron.terminal.commands import command
from spectron.terminal.session import Session

app = typer.Typer(help="Contexts: create, list, show, update, delete, export, import, migrate.", no_args_is_help=True)


@command(
    app,
    example="spectronctl contexts create acme-prod --namespace acme --database prod"
    " --model-extraction openai/gpt-4o-mini --token-limit 1000000",
)
def create(
    session: Session,
    id: ContextId,
    namespace: Annotated[str, typer.Option(help="The namespace of its database; created if it is not there.")],
    database: Annotated[str, typer.Option(help="Its database; created if it is not there.")],
    options: ConfigOptions,
) -> None:
    """Create a Context, bound to a database of its own, with its schema."""
    config = options.document(session.terminal)
    context = session.admin.contexts.create(id=id, namespace=namespace, database=database, config=config or None)
    session.show(context, context_sheet)
    session.out.note(f"Created. Give an application access with `spectronctl keys create --context {id} --name NAME`.")


@command(app, name="list", example="spectronctl contexts list --json")
def list_(
    session: Session,
    limit: Annotated[int | None, typer.Option(help="One page of so many, instead of all.")] = None,
    cursor: Annotated[str | None, typer.Option(help="The page that starts there.")] = None,
) -> None:
    """List every Context of the server, or one page of them."""
    contexts = session.admin.contexts
    page = contexts.list(limit=limit, cursor=cursor)
    if limit is None and cursor is None:
        while page.has_more and page.next_cursor:
            page = _joined(page, contexts.list(cursor=page.next_cursor))
    session.show(page, context_list)
    if page.has_more:
        session.out.note(f"There are more: --cursor {page.next_cursor}")


@command(app, example="spectronctl contexts show acme-prod")
def show(session: Session, id: ContextId) -> None:
    """Show one Context, and each value of its configuration with where it comes from."""
    session.show(session.admin.contexts.get(id), context_sheet)


@command(app, example="spectronctl contexts update acme-prod --set models.reflection=openai/gpt-4o --unset token_limit")
def update(
    session: Session,
    id: ContextId,
    options: ConfigOptions,
    unset: Annotated[
        list[str], typer.Option(metavar="KEY", help="Go back to the server's value.", rich_help_panel="Configuration")
    ] = [],  # noqa: B006 - Typer reads it, nobody writes to it
) -> None:
    """Change the configuration of a Context; what is not named stays, and the change counts for the next request."""
    patch: dict[str, Any] = options.document(session.terminal)
    for name in unset:
        put(patch, name, None)
    if not patch:
        raise typer.BadParameter("nothing to change: give --set, --unset, --config or a value", param_hint="options")
    session.show(session.admin.contexts.update(id, config=patch), context_sheet)


@command(app, example="spectronctl contexts reindex acme-prod")
def reindex(session: Session, id: ContextId) -> None:
    """Build the search index of a Context anew, in the background; until it is done the old one goes on answering."""
    job = session.admin.contexts(id).reindex()
    if session.as_json:
        session.out.json({"context_id": id, "job_id": job})
    else:
        session.out.note(f"The index of {id} is built anew. How far it is: spectronctl jobs show {job}")


@command(app, example="spectronctl contexts delete acme-prod --dry-run")
def delete(
    session: Session,
    id: ContextId,
    yes: Yes = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
) -> None:
    """Delete a Context with its database, keys, jobs and stored documents, for good."""
    if dry_run:
        session.show(session.admin.contexts.delete(id, dry_run=True), deletion_sheet)
        return
    if not yes:
        session.out.preview(deletion_sheet(session.admin.contexts.delete(id, dry_run=True)))
        session.confirm(id, f"Deleting {id} can't be undone. Export what you need first.")
    session.admin.contexts.delete(id)
    session.out.note(f"{id} is deleted.")


def _joined(page: Page[Context], following: Page[Context]) -> Page[Context]:
    """Two pages in a row as one, also as the JSON that one page of that size would have been."""
    raw = {**following.raw, "contexts": [*page.raw["contexts"], *following.raw["contexts"]]}
    return Page((*page.items, *following.items), following.next_cursor, following.has_more, raw)
