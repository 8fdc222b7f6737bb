"""`spectronctl sessions`."""

from typing import Annotated

import typer
from rich.console import Group, RenderableType

from spectron.ctl.arguments import Cursor, DryRun, Limit, Yes
from spectron.ctl.belief_views import forgotten_sheet, session_list, session_sheet, turn_list
from spectron.terminal.commands import command
from spectron.terminal.session import Session

app = typer.Typer(help="Conversations: list, show, delete.", no_args_is_help=True)

SessionId = Annotated[str, typer.Argument(metavar="ID", help="The conversation's id, as `sessions list` shows it.")]
Hard = Annotated[bool, typer.Option("--hard", help="Erase it for good.")]


@command(app, name="list", example="spectronctl sessions list --limit 20 --context acme-prod")
def list_(session: Session, limit: Limit = None, cursor: Cursor = None) -> None:
    """List conversations, the newest first."""
    session.show_page(session.here.sessions.list(limit=limit, cursor=cursor), session_list, option="--cursor")


@command(app, example="spectronctl sessions show 4f9k2 --context acme-prod")
def show(session: Session, id: SessionId, limit: Limit = None, cursor: Cursor = None) -> None:
    """Show a conversation with its turns in order."""
    conversation, turns = session.here.sessions.get(id), session.here.sessions.turns(id, limit=limit, cursor=cursor)
    if session.as_json:
        session.out.json(conversation.raw | {"turns": turns.raw["turns"], "has_more": turns.has_more})
        return
    parts: list[RenderableType] = [session_sheet(conversation)]
    session.out.show(Group(*parts, turn_list(turns)) if turns.items else Group(*parts))
    if turns.has_more:
        session.out.note(f"There are more: --cursor {turns.next_cursor}")


@command(app, example="spectronctl sessions delete 4f9k2 --dry-run --context acme-prod")
def delete(session: Session, id: SessionId, hard: Hard = False, yes: Yes = False, dry_run: DryRun = False) -> None:
    """Forget a conversation with its turns; what was learnt from it stays."""
    memory = session.here.memory
    if dry_run:
        session.show(memory.forget(f"session:{id}", dry_run=True), forgotten_sheet)
        return
    if not yes:
        session.out.preview(forgotten_sheet(memory.forget(f"session:{id}", dry_run=True)))
        session.confirm(id, "This can't be undone." if hard else "It will be gone from every answer.")
    session.here.sessions.delete(id, hard=hard)
    session.out.note(f"Conversation {id} is {'erased' if hard else 'forgotten'}.")
