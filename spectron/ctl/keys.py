"""`spectronctl keys`."""

from enum import StrEnum
from typing import Annotated

import typer
from rich.console import RenderableType

from spectron.ctl.arguments import KeyId, Yes, moment, pairs
from spectron.models.key import Key, MintedKey
from spectron.models.record import Page
from spectron.terminal.commands import command
from spectron.terminal.session import Session
from spectron.terminal.tables import fields, rows

app = typer.Typer(help="API keys of a Context: create, list, show, rotate, revoke, delete.", no_args_is_help=True)


class Principal(StrEnum):
    """What a key may act as."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"


@command(
    app, example="spectronctl keys create --context acme-prod --name worker --scope org=acme --expires-at 2027-01-31"
)
def create(
    session: Session,
    name: Annotated[str, typer.Option(help="What the key is for.")],
    principal: Annotated[Principal, typer.Option(help="What its holder may do.")] = Principal.AGENT,
    scope: Annotated[
        list[str],
        typer.Option("--scope", "--scope-floor", metavar="NAME=VALUE", help="The key reaches nothing outside of this."),
    ] = [],  # noqa: B006 - Typer reads it, nobody writes to it
    expires_at: Annotated[str | None, typer.Option(metavar="TIME", help="When the key stops working.")] = None,
) -> None:
    """Mint a key; its secret is shown this once."""
    key = session.admin.contexts(session.context_id()).keys.create(
        name=name,
        principal=principal.value,
        scope_floor=pairs(scope) or None,
        expires_at=None if expires_at is None else moment(expires_at),
    )
    _hand_over(session, key)


@command(app, name="list", example="spectronctl keys list --context acme-prod")
def list_(session: Session) -> None:
    """List the keys of a Context, without their secrets."""
    session.show(session.admin.contexts(session.context_id()).keys.list(), key_list)


@command(app, example="spectronctl keys show k3y1d --context acme-prod")
def show(session: Session, key_id: KeyId) -> None:
    """Show one key, without its secret."""
    session.show(session.admin.contexts(session.context_id()).keys.get(key_id), key_sheet)


@command(app, example="spectronctl keys rotate k3y1d --context acme-prod")
def rotate(session: Session, key_id: KeyId) -> None:
    """Give a key a new secret, shown this once; the old one stops working at once."""
    _hand_over(session, session.admin.contexts(session.context_id()).keys.rotate(key_id))


@command(app, example="spectronctl keys revoke k3y1d --context acme-prod")
def revoke(session: Session, key_id: KeyId) -> None:
    """Make a key unusable for good, and keep it for audit."""
    session.show(session.admin.contexts(session.context_id()).keys.revoke(key_id), key_sheet)


@command(app, example="spectronctl keys delete k3y1d --context acme-prod --yes")
def delete(session: Session, key_id: KeyId, yes: Yes = False) -> None:
    """Delete a key; `revoke` keeps it for audit."""
    keys = session.admin.contexts(session.context_id()).keys
    if not yes:
        session.out.preview(key_sheet(keys.get(key_id)))
        session.confirm(key_id, "Whoever uses this key loses access at once.")
    keys.delete(key_id)
    session.out.note(f"Key {key_id} is deleted.")


def key_list(page: Page[Key]) -> RenderableType:
    return rows(
        ("ID", "NAME", "PRINCIPAL", "STATE", "SCOPE FLOOR", "LAST USED", "EXPIRES"),
        (
            (key.id, key.name, key.principal, key.state, key.scope_floor, key.last_used_at, key.expires_at)
            for key in page
        ),
    )


def key_sheet(key: Key) -> RenderableType:
    return fields(
        {
            "id": key.id,
            "Context": key.context_id,
            "name": key.name,
            "principal": key.principal,
            "state": key.state,
            "scope floor": key.scope_floor,
            "created": key.created_at,
            "last used": key.last_used_at,
            "expires": key.expires_at,
            "revoked": key.revoked_at,
        }
    )


def _hand_over(session: Session, key: MintedKey) -> None:
    session.show(key, key_sheet)
    if not session.as_json:
        session.out.line(f"\n{key.secret}\n")
    session.out.note("The secret is shown this once and can't be read again: store it now.")
