"""Arguments that several commands take."""

from datetime import UTC, datetime
from typing import Annotated

import typer

ContextId = Annotated[str, typer.Argument(metavar="ID", help="The Context's id.")]
ContextIdOrOption = Annotated[
    str | None, typer.Argument(metavar="ID", help="The Context's id, else that of --context.")
]
KeyId = Annotated[str, typer.Argument(metavar="KEY_ID", help="The key's id, as `keys list` shows it.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")]


def moment(text: str) -> datetime:
    """A time as people write it, in UTC unless it says otherwise."""
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a time; write 2027-01-31 or 2027-01-31T12:00:00Z") from None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def pairs(values: list[str]) -> dict[str, str]:
    """`NAME=VALUE` options as a dictionary."""
    found = {}
    for text in values:
        name, separator, value = text.partition("=")
        if not separator or not name:
            raise typer.BadParameter(f"{text!r} is not of the form NAME=VALUE")
        found[name] = value
    return found
