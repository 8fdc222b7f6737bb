"""Arguments that several commands take."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from spectron.terminal.session import Session

ContextId = Annotated[str, typer.Argument(metavar="ID", help="The Context's id.")]
ContextIdOrOption = Annotated[
    str | None, typer.Argument(metavar="ID", help="The Context's id, else that of --context.")
]
KeyId = Annotated[str, typer.Argument(metavar="KEY_ID", help="The key's id, as `keys list` shows it.")]
DocumentId = Annotated[str, typer.Argument(metavar="ID", help="The document's id, as `documents list` shows it.")]
EntityRef = Annotated[str, typer.Argument(metavar="TYPE/NAME", help="The entity, such as Person/alice.")]
Question = Annotated[str, typer.Argument(metavar="TEXT", help="The question; - reads it from standard input.")]
ScopeOption = Annotated[
    list[str], typer.Option("--scope", metavar="NAME=VALUE", help="Whose; repeatable, or a path: org/acme/user/al.")
]
AsOf = Annotated[str | None, typer.Option(metavar="TIME", help="As it was true then.")]
AtInstant = Annotated[str | None, typer.Option(metavar="TIME", help="As it was known then.")]
Limit = Annotated[int | None, typer.Option(min=1, help="How many at most.")]
Cursor = Annotated[str | None, typer.Option(help="Go on from there.")]
PageNumber = Annotated[int | None, typer.Option("--page", min=1, help="Which page, from 1.")]
PageSize = Annotated[int | None, typer.Option(min=1, max=500, help="How many a page.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")]


def moment(text: str) -> datetime:
    """A time as people write it, in UTC unless it says otherwise."""
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a time; write 2027-01-31 or 2027-01-31T12:00:00Z") from None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def moment_or_none(text: str | None) -> datetime | None:
    """A time, where one was given."""
    return None if text is None else moment(text)


def scope_of(values: list[str]) -> dict[str, str] | str | None:
    """`--scope` options as a scope: attributes, or one path."""
    if not values:
        return None
    if len(values) == 1 and "=" not in values[0]:
        return values[0]
    found = pairs(values)
    for text in values:
        if "=" in text.partition("=")[2]:
            raise typer.BadParameter(f"{text!r} looks like several; give --scope once for each", param_hint="--scope")
    return found


def entity_of(ref: str) -> tuple[str, str]:
    """The two parts of `Type/name`."""
    kind, _, name = ref.removeprefix("entity:").partition("/")
    if not kind or not name:
        raise typer.BadParameter(f"{ref!r} is not of the form TYPE/NAME, such as Person/alice", param_hint="TYPE/NAME")
    return kind, name


def text_of(argument: str, session: Session) -> str:
    """The text of an argument; - is standard input."""
    text = session.terminal.stdin.read() if argument == "-" else argument
    if not text.strip():
        raise typer.BadParameter("there is no text", param_hint="TEXT")
    return text


def pairs(values: list[str]) -> dict[str, str]:
    """`NAME=VALUE` options as a dictionary."""
    found = {}
    for text in values:
        name, separator, value = text.partition("=")
        if not separator or not name:
            raise typer.BadParameter(f"{text!r} is not of the form NAME=VALUE")
        found[name] = value
    return found
