"""The commands of `spectron-ops` that the dashboard knows."""

from collections.abc import Iterable

from spectron_tui.programs.command import Command

PROGRAM = "spectron-ops"

LIST = Command((PROGRAM, "backup", "list", "--json"), "List the sets", changes=False)
DECISIONS = Command((PROGRAM, "backup", "prune", "--json"), "Ask what pruning would do", changes=False)
DRILLS = Command((PROGRAM, "drill", "list", "--json"), "List the drills", changes=False)
SCHEDULE = Command((PROGRAM, "schedule", "list", "--json"), "List the scheduled jobs", changes=False)
PRUNE = Command((PROGRAM, "backup", "prune", "--apply", "--json"), "Prune", changes=True)


def show(set_id: str) -> Command:
    return Command((PROGRAM, "backup", "show", set_id, "--json"), f"Show {set_id}", changes=False)


def back_up(contexts: Iterable[str], *, with_originals: bool) -> Command:
    """Of those Contexts, or of all."""
    named = (*contexts,) or ("--all",)
    originals = ("--with-objects",) if with_originals else ()
    return Command((PROGRAM, "backup", "run", *named, *originals, "--json"), "Back up", changes=True)


def verify(set_id: str) -> Command:
    """It leaves a mark beside the set."""
    return Command((PROGRAM, "backup", "verify", set_id, "--json"), f"Verify {set_id}", changes=True)


def drill(set_id: str, master_key: str) -> Command:
    """With the master key of the deployment, its control plane too."""
    key = ("--master-key", master_key) if master_key else ()
    return Command((PROGRAM, "drill", "run", set_id, *key, "--json"), f"Drill {set_id}", changes=True)


def hold(set_id: str, reason: str) -> Command:
    said = ("--reason", reason) if reason else ()
    return Command((PROGRAM, "backup", "hold", set_id, *said), f"Hold {set_id}", changes=True)


def unhold(set_id: str) -> Command:
    return Command((PROGRAM, "backup", "unhold", set_id), f"Let {set_id} go", changes=True)
