"""`spectronctl recall`, `context` and `reflect`."""

from enum import StrEnum
from typing import Annotated

import typer

from spectron.ctl.arguments import AsOf, AtInstant, Question, ScopeOption, moment_or_none, scope_of, text_of
from spectron.ctl.modes import Mode
from spectron.ctl.recall_views import recalled_sheet, reflection_sheet
from spectron.terminal.commands import command
from spectron.terminal.session import Session


class Only(StrEnum):
    """Where hits may come from."""

    TURN = "turn"
    DOCUMENT = "document"
    FACT = "fact"


def register(app: typer.Typer) -> None:
    asking = "'Where does alice live?' --scope org=acme --context acme-prod"
    command(app, example=f"spectronctl recall {asking}")(recall)
    command(app, example=f"spectronctl context {asking}")(context)
    command(app, example="spectronctl reflect 'What does alice care about?' --context acme-prod")(reflect)


def recall(
    session: Session,
    text: Question,
    scope: ScopeOption = [],  # noqa: B006 - Typer reads it, nobody writes to it
    k: Annotated[int | None, typer.Option("-k", min=1, help="How many at most.")] = None,
    mode: Annotated[Mode | None, typer.Option(help="How to search.")] = None,
    only: Annotated[Only | None, typer.Option(help="Only what comes from there.")] = None,
    label: Annotated[list[str], typer.Option(help="Only what bears this label; repeatable.")] = [],  # noqa: B006 - Typer reads it, nobody writes to it
    session_id: Annotated[str | None, typer.Option("--session", metavar="ID", help="In this conversation.")] = None,
    merged: Annotated[bool, typer.Option("--merged", help="Also what is more general than the scope.")] = False,
    threshold: Annotated[float | None, typer.Option(help="Leave out what scores lower.")] = None,
    as_of: AsOf = None,
    at_instant: AtInstant = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Not from the cache.")] = False,
) -> None:
    """Find what is remembered that answers a question, best first, with where it comes from."""
    found = session.here.memory.recall(
        text_of(text, session),
        scope=scope_of(scope),
        k=k,
        mode=mode.value if mode else None,
        source=only.value if only else None,
        labels=label or None,
        session_id=session_id,
        scope_view="merged" if merged else None,
        threshold=threshold,
        as_of=moment_or_none(as_of),
        at_instant=moment_or_none(at_instant),
        bypass_cache=fresh,
    )
    session.show(found, recalled_sheet)


def context(
    session: Session,
    text: Question,
    scope: ScopeOption = [],  # noqa: B006 - Typer reads it, nobody writes to it
    max_tokens: Annotated[int | None, typer.Option(min=32, help="How long it may be.")] = None,
    session_id: Annotated[str | None, typer.Option("--session", metavar="ID", help="With this conversation.")] = None,
    as_of: AsOf = None,
) -> None:
    """Print what is known about a question as one text for a prompt."""
    block = session.here.memory.query_context(
        text_of(text, session),
        scope=scope_of(scope),
        max_tokens=max_tokens,
        session_id=session_id,
        as_of=moment_or_none(as_of),
    )
    if session.as_json:
        session.out.json(block.raw)
    else:
        session.out.line(block.context)
        if block.truncated:
            session.out.note(f"There is more than {block.tokens} tokens hold: raise --max-tokens.")


def reflect(
    session: Session,
    text: Question,
    scope: ScopeOption = [],  # noqa: B006 - Typer reads it, nobody writes to it
    persist: Annotated[bool, typer.Option("--persist", help="Keep what was found; takes a supervisor's key.")] = False,
) -> None:
    """Put together what is known about a question, with the evidence for it."""
    found = session.here.memory.reflect(text_of(text, session), persist=persist, scope=scope_of(scope))
    session.show(found, reflection_sheet)
