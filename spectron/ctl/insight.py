"""`spectronctl consolidate` and `elaborate`."""

from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType

from spectron.models.insight import Consolidation, Elaboration
from spectron.terminal.commands import command
from spectron.terminal.session import Session
from spectron.terminal.tables import fields, rows

OnlySay = Annotated[bool, typer.Option("--dry-run", help="Only say what would be written.")]


def register(app: typer.Typer) -> None:
    command(app, example="spectronctl consolidate --dry-run --context acme-prod")(consolidate)
    command(app, example="spectronctl elaborate Person/alice --dry-run --context acme-prod")(elaborate)


def consolidate(session: Session, dry_run: OnlySay = False) -> None:
    """Bring observations, what several facts of an entity come to, in step with the facts."""
    session.show(session.here.memory.consolidate(dry_run=dry_run), consolidation_sheet)


def elaborate(
    session: Session,
    entity: Annotated[str | None, typer.Argument(metavar="[TYPE/NAME]", help="Only of this entity.")] = None,
    dry_run: OnlySay = False,
) -> None:
    """Add the relations that follow from those that are known, of one entity or of all."""
    session.show(session.here.memory.elaborate(entity, dry_run=dry_run), elaboration_sheet)


def consolidation_sheet(found: Consolidation) -> RenderableType:
    verb = " (would be)" if found.dry_run else ""
    head = fields(
        {
            f"created{verb}": found.created,
            f"updated{verb}": found.updated,
            f"superseded{verb}": found.superseded,
        }
    )
    if not found.outcomes:
        return head
    listed = ((one.kind, one.entity_name, one.value, one.proof_count, one.rationale) for one in found.outcomes)
    return Group(head, rows(("CHANGE", "ENTITY", "OBSERVATION", "FACTS", "WHY"), listed))


def elaboration_sheet(found: Elaboration) -> RenderableType:
    head = fields({"relations that would be added" if found.dry_run else "relations added": found.relations_emitted})
    listed = [
        (_named(each.get("subject")), each.get("label"), _named(each.get("object")), each.get("rationale"))
        for outcome in found.outcomes
        for each in outcome.proposed_relations
    ]
    return Group(head, rows(("SUBJECT", "RELATION", "OBJECT", "WHY"), listed)) if listed else head


def _named(end: Any) -> str:
    return f"{end.get('type')}/{end.get('name')}" if isinstance(end, dict) else "-"
