"""`spectronctl remember`, `state`, `profile`, `inspect`, `forget` and `fsck`."""

from enum import StrEnum
from typing import Annotated

import typer

from spectron.ctl.arguments import AsOf, AtInstant, DryRun, ScopeOption, Yes, moment, moment_or_none, scope_of, text_of
from spectron.ctl.belief_views import (
    diff_sheet,
    forgotten_sheet,
    profile_sheet,
    reinstated_sheet,
    remembered_sheet,
    state_sheet,
)
from spectron.ctl.recall_views import fsck_sheet
from spectron.terminal.commands import command
from spectron.terminal.session import Session

NOTHING_TO_DO = 3


class Role(StrEnum):
    """Who says something."""

    USER = "user"
    ASSISTANT = "assistant"
    SYSTEM = "system"
    TOOL = "tool"


def register(app: typer.Typer) -> None:
    remembering = "spectronctl remember 'I live in Lisbon.' --scope org=acme --scope user=alice --context acme-prod"
    command(app, example=remembering)(remember)
    command(app, example="spectronctl state --scope org=acme --as-of 2026-11-01 --context acme-prod")(state)
    command(app, example="spectronctl profile --scope org=acme --scope user=alice --context acme-prod")(profile)
    command(app, example="spectronctl inspect attribute:Person/alice/location --context acme-prod")(inspect)
    command(app, example="spectronctl forget 'the trip to Porto' --dry-run --context acme-prod")(forget)
    reinstating = "spectronctl reinstate 20261121103000123456-4f2a1c9d --context acme-prod"
    command(app, example=reinstating)(reinstate)
    command(app, example="spectronctl fsck --context acme-prod")(fsck)


def remember(
    session: Session,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What to remember; - reads it from standard input.")],
    scope: ScopeOption = [],  # noqa: B006 - Typer reads it, nobody writes to it
    preview: Annotated[bool, typer.Option("--preview", help="Only say what it would change.")] = False,
    as_is: Annotated[bool, typer.Option("--as-is", help="Keep the text and conclude nothing from it.")] = False,
    role: Annotated[Role, typer.Option(help="Who says it.")] = Role.USER,
    session_id: Annotated[str | None, typer.Option("--session", metavar="ID", help="In this conversation.")] = None,
    label: Annotated[list[str], typer.Option(help="A label to find it by; repeatable.")] = [],  # noqa: B006 - Typer reads it, nobody writes to it
    category: Annotated[str | None, typer.Option(help="The memory category, such as context.")] = None,
    at: Annotated[str | None, typer.Option(metavar="TIME", help="When it was said, if not now.")] = None,
) -> None:
    """Remember something, and show what changed for it."""
    if preview and as_is:
        raise typer.BadParameter("does not go with --as-is: it would change nothing", param_hint="--preview")
    remembered = session.here.memory.remember(
        text_of(text, session),
        infer="preview" if preview else "none" if as_is else None,
        scope=scope_of(scope),
        role=role.value,
        session_id=session_id,
        labels=label or None,
        memory_category=category,
        ts=moment_or_none(at),
    )
    session.show(remembered, remembered_sheet)


def state(
    session: Session,
    scope: ScopeOption = [],  # noqa: B006 - Typer reads it, nobody writes to it
    as_of: AsOf = None,
    at_instant: AtInstant = None,
    since: Annotated[str | None, typer.Option(metavar="TIME", help="Only what changed since then.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="How many rows of each kind at most.")] = None,
) -> None:
    """Show all that is believed, now or at another time, or what changed since then."""
    memory, asked = session.here.memory, scope_of(scope)
    if since is not None:
        if as_of or at_instant:
            raise typer.BadParameter("goes up to now, without --as-of and --at-instant", param_hint="--since")
        session.show(memory.state_diff(moment(since), scope=asked, limit=limit), diff_sheet)
        return
    found = memory.state(scope=asked, as_of=moment_or_none(as_of), at_instant=moment_or_none(at_instant), limit=limit)
    session.show(found, state_sheet)


def profile(
    session: Session,
    scope: ScopeOption = [],  # noqa: B006 - Typer reads it, nobody writes to it
    as_of: AsOf = None,
    at_instant: AtInstant = None,
) -> None:
    """Show what is known of the user of a scope."""
    found = session.here.memory.profile(
        scope=scope_of(scope), as_of=moment_or_none(as_of), at_instant=moment_or_none(at_instant)
    )
    session.show(found, profile_sheet)
    if not found.user and not scope:
        session.out.note("No user was named: --scope user=NAME says whose profile.")


def inspect(
    session: Session,
    ref: Annotated[
        str,
        typer.Argument(
            metavar="REF", help="entity:TYPE/NAME, attribute:TYPE/NAME/KEY, relation:SUBJECT/LABEL/OBJECT or trace:ID."
        ),
    ],
    scope: ScopeOption = [],  # noqa: B006 - Typer reads it, nobody writes to it
    as_of: AsOf = None,
    at_instant: AtInstant = None,
) -> None:
    """Show one thing in full, as JSON."""
    found = session.here.memory.inspect(
        ref, scope=scope_of(scope), as_of=moment_or_none(as_of), at_instant=moment_or_none(at_instant)
    )
    session.out.json(found.raw)


def forget(
    session: Session,
    text: Annotated[
        str,
        typer.Argument(metavar="TEXT", help="Words, a question, or a reference such as entity:Person/alice."),
    ],
    scope: ScopeOption = [],  # noqa: B006 - Typer reads it, nobody writes to it
    purge: Annotated[bool, typer.Option("--purge", help="Erase it for good.")] = False,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> None:
    """Forget what a text names; shows first what that is. Until it expires it can be reinstated, unless purged."""
    memory, asked = session.here.memory, scope_of(scope)
    if not yes or dry_run:
        counted = memory.forget(text, dry_run=True, purge=purge, scope=asked)
        if dry_run:
            session.show(counted, forgotten_sheet)
            return
        if not counted.would_delete:
            session.out.note("Nothing is remembered that this names.")
            raise typer.Exit(NOTHING_TO_DO)
        session.out.preview(forgotten_sheet(counted))
        consequence = "What is purged can't be brought back." if purge else "It will be gone from every answer."
        session.confirm("purge" if purge else "forget", consequence)
    forgotten = memory.forget(text, purge=purge, scope=asked)
    session.show(forgotten, forgotten_sheet)
    if not forgotten.deleted:
        raise typer.Exit(NOTHING_TO_DO)
    if not forgotten.purged:
        session.out.note(f"`spectronctl reinstate {forgotten.audit_id}` brings it back.")


def reinstate(
    session: Session,
    event: Annotated[str, typer.Argument(metavar="EVENT", help="The audit event of the act, as `audit` lists it.")],
) -> None:
    """Bring back all that one act of forgetting took; takes a management key."""
    session.show(session.here.memory.reinstate(event), reinstated_sheet)


def fsck(
    session: Session,
    repair: Annotated[bool, typer.Option("--repair", help="Put right what can be without losing anything.")] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="How many findings of each kind at most.")] = None,
) -> None:
    """Check that what is stored fits together; fails if something does not, and was not repaired."""
    report = session.here.memory.fsck(repair=repair, max_results=limit)
    session.show(report, fsck_sheet)
    if report.count > report.repaired:
        session.out.note("Some problems remain." if repair else "--repair puts right what can be.")
        raise typer.Exit(1)
