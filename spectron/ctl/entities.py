"""`spectronctl entities`."""

from typing import Annotated

import typer

from spectron.ctl.arguments import (
    AsOf,
    AtInstant,
    Cursor,
    DryRun,
    EntityRef,
    Limit,
    ScopeOption,
    Yes,
    entity_of,
    moment_or_none,
    scope_of,
)
from spectron.ctl.belief_views import entity_list, entity_sheet, forgotten_sheet, history_list, reinstated_sheet
from spectron.terminal.commands import command
from spectron.terminal.session import Session

app = typer.Typer(help="Who and what is remembered: list, show, history, delete, reinstate.", no_args_is_help=True)


@command(app, name="list", example="spectronctl entities list --type Person --context acme-prod")
def list_(
    session: Session,
    kind: Annotated[str | None, typer.Option("--type", help="Only of this type, such as Person.")] = None,
    scope: ScopeOption = [],  # noqa: B006 - Typer reads it, nobody writes to it
    as_of: AsOf = None,
    at_instant: AtInstant = None,
    limit: Limit = None,
    cursor: Cursor = None,
) -> None:
    """List entities in the order of types and names."""
    page = session.here.entities.list(
        entity_type=kind,
        scope=scope_of(scope),
        as_of=moment_or_none(as_of),
        at_instant=moment_or_none(at_instant),
        limit=limit,
        cursor=cursor,
    )
    session.show_page(page, entity_list, option="--cursor")


@command(app, example="spectronctl entities show Person/alice --context acme-prod")
def show(
    session: Session,
    ref: EntityRef,
    scope: ScopeOption = [],  # noqa: B006 - Typer reads it, nobody writes to it
    as_of: AsOf = None,
    at_instant: AtInstant = None,
) -> None:
    """Show what is believed of an entity, now or at another time."""
    found = session.here.entities.get(
        *entity_of(ref), scope=scope_of(scope), as_of=moment_or_none(as_of), at_instant=moment_or_none(at_instant)
    )
    session.show(found, entity_sheet)


@command(app, example="spectronctl entities history Person/alice location --context acme-prod")
def history(
    session: Session,
    ref: EntityRef,
    key: Annotated[str, typer.Argument(metavar="KEY", help="Which of its values, such as location.")],
    scope: ScopeOption = [],  # noqa: B006 - Typer reads it, nobody writes to it
) -> None:
    """List every value that a key of an entity has had."""
    session.show(session.here.entities.history(*entity_of(ref), key, scope=scope_of(scope)), history_list)


@command(app, example="spectronctl entities delete Person/alice --dry-run --context acme-prod")
def delete(
    session: Session,
    ref: EntityRef,
    hard: Annotated[
        bool, typer.Option("--hard", help="Erase it for good, with its history, relations and text.")
    ] = False,
    scope: ScopeOption = [],  # noqa: B006 - Typer reads it, nobody writes to it
    yes: Yes = False,
    dry_run: DryRun = False,
) -> None:
    """Forget an entity with all that is said of it; `reinstate` brings it back, unless it was erased."""
    (kind, name), asked, memory = entity_of(ref), scope_of(scope), session.here.memory
    if dry_run:
        session.show(memory.forget(f"entity:{kind}/{name}", dry_run=True, scope=asked), forgotten_sheet)
        return
    if not yes:
        session.out.preview(forgotten_sheet(memory.forget(f"entity:{kind}/{name}", dry_run=True, scope=asked)))
        session.confirm(name, "This can't be undone." if hard else "It will be gone from every answer.")
    session.here.entities.delete(kind, name, hard=hard, scope=asked)
    if hard:
        session.out.note(f"{kind}/{name} is erased.")
    else:
        session.out.note(f"{kind}/{name} is forgotten. `spectronctl entities reinstate {ref}` brings it back.")


@command(app, example="spectronctl entities reinstate Person/alice --context acme-prod")
def reinstate(
    session: Session,
    ref: EntityRef,
    scope: ScopeOption = [],  # noqa: B006 - Typer reads it, nobody writes to it
) -> None:
    """Bring back a forgotten entity with what was forgotten together with it; takes a management key."""
    session.show(session.here.entities.reinstate(*entity_of(ref), scope=scope_of(scope)), reinstated_sheet)
