"""`spectronctl retention`."""

from typing import Annotated, Any

import typer

from spectron.ctl.arguments import Yes
from spectron.ctl.files import document
from spectron.ctl.retention_views import change_list, changes, preview_sheet, retention_sheet
from spectron.models.retention import Policy, RetentionPreview
from spectron.terminal.commands import command
from spectron.terminal.session import Session

HINT = "FILE"
SECTIONS = ("retention", "policies")

app = typer.Typer(help="How long memories live: show, set, preview, diff.", no_args_is_help=True)

PolicyFile = Annotated[
    str, typer.Argument(metavar="FILE", help="Policies in YAML or JSON, as a list or under `retention`; - is stdin.")
]


@command(app, example="spectronctl retention show --context acme-prod")
def show(session: Session) -> None:
    """Show every policy of a Context with where it comes from, and the defaults where none matches."""
    session.show(session.admin.contexts(session.context_id()).retention.get(), retention_sheet)


@command(app, name="set", example="spectronctl retention set policies.yaml --context acme-prod --yes")
def set_(session: Session, file: PolicyFile, yes: Yes = False) -> None:
    """Replace a Context's own policies; shows first what the next sweep would delete for it."""
    policies, retention = policies_in(file, session), session.admin.contexts(session.context_id()).retention
    if not yes:
        preview: RetentionPreview = retention.preview(policies)
        session.out.preview(preview_sheet(preview))
        if preview.newly_deleted.count:
            session.confirm(preview.context_id, "What a sweep has deleted can't be brought back.")
    session.show(retention.set(policies), retention_sheet)


@command(app, example="spectronctl retention preview policies.yaml --context acme-prod --horizon-days 30")
def preview(
    session: Session,
    file: PolicyFile,
    horizon_days: Annotated[int | None, typer.Option(help="How many days to look ahead.")] = None,
) -> None:
    """Compare policies with those in force: what would be deleted, what no longer, and what when; changes nothing."""
    retention = session.admin.contexts(session.context_id()).retention
    session.show(retention.preview(policies_in(file, session), horizon_days=horizon_days), preview_sheet)


@command(app, example="spectronctl retention diff policies.yaml --context acme-prod")
def diff(
    session: Session,
    file: Annotated[
        str | None, typer.Argument(metavar="FILE", help="Policies to compare with; without it, those of the server.")
    ] = None,
) -> None:
    """List in which policies a file differs from a Context's own, or what is in force from the server's."""
    current = session.admin.contexts(session.context_id()).retention.get()
    if file is None:
        server = [_plain(policy) for policy in current.policies if policy.source == "server"]
        found = changes(server, [_plain(policy) for policy in current.policies if policy.in_force])
    else:
        own = [_plain(policy) for policy in current.policies if policy.source != "server"]
        found = changes(own, policies_in(file, session))
    if session.as_json:
        session.out.json({"changes": found})
    elif found:
        session.out.show(change_list(found))
    else:
        session.out.note("There is no difference.")


def policies_in(source: str, session: Session) -> list[dict[str, Any]]:
    """The policies of a file, which may be a server's or a Context's whole configuration."""
    found = document(source, session.terminal, hint=HINT)
    if isinstance(found, dict):
        found = next((found[name] for name in SECTIONS if name in found), None)
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        raise typer.BadParameter(f"{source} holds no list of policies", param_hint=HINT)
    return found


def _plain(policy: Policy) -> dict[str, Any]:
    return {"scope": policy.scope, "memory_category": policy.memory_category, "ttl": policy.ttl}
