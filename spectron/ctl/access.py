"""`spectronctl me`, `principals` and `accesses`."""

from typing import Annotated

import typer
from rich.console import RenderableType

from spectron.ctl.arguments import Limit, moment_or_none
from spectron.models.access import Accesses, Caller, Principal
from spectron.terminal.commands import command
from spectron.terminal.session import Session
from spectron.terminal.tables import fields, rows


def register(app: typer.Typer) -> None:
    command(app, example="spectronctl me --context acme-prod")(me)
    command(app, example="spectronctl principals --context acme-prod")(principals)
    command(app, example="spectronctl accesses --since 2026-11-01 --limit 20 --context acme-prod")(accesses)


def me(session: Session) -> None:
    """Show whom the key in use stands for in a Context, and what they may do where."""
    session.show(session.here.access.me(), caller_sheet)


def principals(session: Session) -> None:
    """List the principals that the key may know of, with what they may do where."""
    found = session.here.access.principals()
    if session.as_json:
        session.out.json([principal.raw for principal in found])
    elif not found:
        session.out.note("There is none.")
    else:
        session.out.show(principal_list(found))


def accesses(
    session: Session,
    principal: Annotated[str | None, typer.Option(help="Only of this principal, or of this kind of them.")] = None,
    key: Annotated[str | None, typer.Option(help="Only what this key did.")] = None,
    since: Annotated[str | None, typer.Option(metavar="TIME", help="Only from then on.")] = None,
    until: Annotated[str | None, typer.Option(metavar="TIME", help="Only until then.")] = None,
    limit: Limit = None,
) -> None:
    """Show what was read and written in the key's sight, the newest first, and what was forgotten there."""
    found = session.here.access.log(
        principal=principal, key=key, since=moment_or_none(since), until=moment_or_none(until), limit=limit
    )
    session.show(found, access_list)


def caller_sheet(caller: Caller) -> RenderableType:
    who = {"principal": caller.principal_id, "name": caller.display_name, "kind": caller.kind}
    if caller.delegated_principal_id:
        who["on behalf of"] = caller.delegated_principal_id
    return fields(who | {verb: ", ".join(places) for verb, places in sorted(caller.effective_grants.items())})


def principal_list(found: tuple[Principal, ...]) -> RenderableType:
    return rows(
        ("ID", "NAME", "KIND", "MAY", "WHERE"),
        (
            (one.id, one.display_name, one.kind, verb, ", ".join(places))
            for one in found
            for verb, places in sorted(one.grants.items()) or [("-", ())]
        ),
    )


def access_list(found: Accesses) -> RenderableType:
    listed = [
        *((one.created_at, one.kind, one.operation, one.principal, one.rows_touched) for one in found.rows),
        *((one.created_at, one.kind, one.action, one.actor, None) for one in found.events),
    ]
    newest_first = sorted(listed, key=lambda line: line[0], reverse=True)
    return rows(("TIME", "KIND", "OPERATION", "PRINCIPAL", "ROWS"), newest_first)
