"""How a bucket of originals should be set up."""

from dataclasses import dataclass
from typing import Annotated, Any

import typer

PANEL = "What is wanted"


@dataclass(frozen=True)
class Wanted:
    """The settings; replication and Object Lock only if asked for."""

    noncurrent_days: Annotated[
        int, typer.Option(metavar="DAYS", min=1, help="Keep old versions for so long.", rich_help_panel=PANEL)
    ] = 90
    abort_days: Annotated[
        int, typer.Option(metavar="DAYS", min=1, help="Remove abandoned uploads after that.", rich_help_panel=PANEL)
    ] = 7
    replicate_to: Annotated[
        str | None,
        typer.Option(metavar="BUCKET", help="Replicate to this bucket, best in another region.", rich_help_panel=PANEL),
    ] = None
    replication_role: Annotated[
        str | None, typer.Option(metavar="ARN", help="The role that replicates.", rich_help_panel=PANEL)
    ] = None
    object_lock_days: Annotated[
        int | None,
        typer.Option(
            metavar="DAYS", min=1, help="Nobody deletes a version before that (GOVERNANCE).", rich_help_panel=PANEL
        ),
    ] = None

    def __post_init__(self) -> None:
        if bool(self.replicate_to) != bool(self.replication_role):
            raise typer.BadParameter("replication needs both --replicate-to and --replication-role")


@dataclass(frozen=True, slots=True)
class Change:
    """One setting as it is and as it should be."""

    setting: str
    now: Any
    wanted: Any
