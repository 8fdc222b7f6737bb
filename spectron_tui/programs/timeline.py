"""What was done about an incident, for whoever writes it up."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from spectron_tui.programs.run import Run


@dataclass(frozen=True)
class Note:
    """Something that was said or done, besides commands."""

    at: datetime
    text: str


def as_document(server: str, runs: Iterable[Run], notes: Iterable[Note]) -> dict[str, Any]:
    """Everything in its order; no output, for that may hold secrets."""
    entries = [*(_ran(run) for run in runs), *({"at": _stamp(note.at), "note": note.text} for note in notes)]
    return {"server": server, "entries": sorted(entries, key=lambda entry: str(entry["at"]))}


def as_markdown(document: dict[str, Any]) -> str:
    """The same for people."""
    lines = ["# Timeline", "", f"Server: {document['server']}. Times are UTC.", ""]
    lines += ["| time | what | result |", "| --- | --- | --- |"]
    for entry in document["entries"]:
        what = entry.get("note") or f"`{entry['command']}`" + (f" ({entry['runbook']})" if entry["runbook"] else "")
        lines.append(f"| {entry['at']} | {_cell(what)} | {_cell(_result(entry))} |")
    return "\n".join(lines) + "\n"


def _ran(run: Run) -> dict[str, Any]:
    return {
        "at": _stamp(run.started_at),
        "number": run.number,
        "command": run.shown,
        "runbook": run.page,
        "changes": run.command.changes,
        "seconds": None if run.ended_at is None else round(run.seconds(run.ended_at), 1),
        "exit_code": run.exit_code,
        "problem": run.problem,
    }


def _result(entry: dict[str, Any]) -> str:
    if "note" in entry:
        return ""
    if entry["problem"]:
        return str(entry["problem"])
    return "at work" if entry["exit_code"] is None else f"exit code {entry['exit_code']} after {entry['seconds']} s"


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
