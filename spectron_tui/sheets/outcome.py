"""What a command of `spectron-ops` printed, in words."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from spectron_tui.programs.ops import PROGRAM
from spectron_tui.programs.programs import ProgramError, Stream
from spectron_tui.programs.run import Run
from spectron_tui.sheets.backups import ILL, WELL, contents
from spectron_tui.wording import number


def words(run: Run) -> str | None:
    """The result as an operator reads it; None where it is to be read as it was printed."""
    view = VIEWS.get(" ".join(run.command.words[1:3])) if run.command.words[0] == PROGRAM else None
    if view is None or "--json" not in run.command.words:
        return None
    try:
        return view(json.loads(run.output(Stream.OUT)))
    except (ValueError, KeyError, TypeError, ProgramError):
        return None


def _verified(document: Mapping[str, Any]) -> str:
    lines = []
    for set_id, files in document["sets"].items():
        broken = [one for one in files if one["problem"]]
        said = f"{ILL} {len(broken)} of {len(files)} files" if broken else f"{WELL} {len(files)} files, all as written"
        lines += [f"{set_id}: {said}", *(f"  {one['name']}: {one['problem']}" for one in broken)]
    return "\n".join(lines)


def _drilled(document: Mapping[str, Any]) -> str:
    checks = [
        f"{WELL if check['passed'] else ILL} {': '.join(filter(None, (check['name'], check['detail'])))}"
        for check in document["checks"]
    ]
    seconds = document.get("seconds_to_recover")
    recovered = "" if seconds is None else f", recovered in {seconds:.1f} s"
    return "\n".join([f"{document['set_id']} {'passed' if document['passed'] else 'FAILED'}{recovered}", *checks])


def _pruned(document: Mapping[str, Any]) -> str:
    gone = [one for one in document["sets"] if not one["keep"]]
    kept = len(document["sets"]) - len(gone)
    lines = [f"Sets: {len(gone)} gone, {kept} kept. Copies of originals: {number(document['copies_deleted'])} gone."]
    return "\n".join([*lines, *(f"  {one['id']}: {one['reason']}" for one in gone)])


VIEWS: Mapping[str, Callable[[dict[str, Any]], str]] = {
    "backup run": lambda document: f"{document['id']}\n{contents(document)}",
    "backup verify": _verified,
    "drill run": _drilled,
    "backup prune": _pruned,
}
