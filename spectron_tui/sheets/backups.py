"""Backup sets as rows and as text."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from spectron.terminal.tables import moment, size
from spectron_tui.feed.vault import BackupSet, Decision, DrillResult, ScheduledJob, Vault
from spectron_tui.programs.programs import ProgramError
from spectron_tui.widgets.rows import Row
from spectron_tui.wording import age, ago, number

WELL, ILL, NOTHING = "✓", "✗", "-"


def set_rows(vault: Vault, now: datetime) -> list[Row]:
    """The sets, the newest first, then those that can't be read."""
    listing = vault.listing.value
    if listing is None:
        return []
    decisions = {decision.id: decision for decision in vault.decisions.value or ()}
    rows = [_set_row(one, decisions.get(one.id), drill_of(vault, one.id), now) for one in listing.sets]
    damaged = (NOTHING, "damaged", *[NOTHING] * 3)
    return [
        *rows,
        *(
            Row(name, (name, *damaged, "kept", reason), sort=(name, 0.0, "damaged", 0, "", "", "", ""), style="bold")
            for name, reason in listing.damaged.items()
        ),
    ]


def _set_row(one: BackupSet, decision: Decision | None, drill: DrillResult | None, now: datetime) -> Row:
    verified = one.marks.get("verified")
    marks = (
        NOTHING if verified is None else result(verified.at, now, passed=verified.passed),
        NOTHING if drill is None else result(drill.begun_at, now, passed=drill.passed),
    )
    return Row(
        one.id,
        (one.id, age(one.started_at, now), one.state, size(one.bytes), *marks, *verdict(decision)),
        sort=(one.id, -one.started_at.timestamp(), one.state, one.bytes, *marks, *verdict(decision)),
        document=one,
        style="" if one.good else "bold",
    )


def drill_of(vault: Vault, set_id: str) -> DrillResult | None:
    """The last drill of a set."""
    return next((drill for drill in vault.drills.value or () if drill.set_id == set_id), None)


def result(at: datetime, now: datetime, *, passed: bool) -> str:
    return f"{WELL if passed else ILL} {age(at, now)}"


def verdict(decision: Decision | None) -> tuple[str, str]:
    """Kept or deleted by the next pruning, and why."""
    if decision is None:
        return NOTHING, NOTHING
    return "kept" if decision.keep else "goes", decision.reason


def headline(vault: Vault, repository: str | None, now: datetime) -> str:
    """The age of the newest good set, of the last drill that passed, and what runs next."""
    if not repository:
        return ""
    listing = vault.listing.value
    newest = listing.newest_good if listing is not None else None
    good = f"newest good set {age(newest.started_at, now)} ago" if newest else "✗ no good set of every Context"
    passed = vault.last_passed
    drilled = f"last drill passed {age(passed.begun_at, now)} ago" if passed else "✗ no drill has passed"
    if passed is not None and passed.seconds_to_recover is not None:
        drilled += f", recovered in {passed.seconds_to_recover:.0f} s"
    known = f"{good} · {drilled}" if listing is not None else ""
    return f"{repository}\n{known}" if known else repository


def upcoming(jobs: Iterable[ScheduledJob], now: datetime) -> str:
    """What the schedule runs next, the soonest first."""
    said = []
    for job in sorted(jobs, key=lambda job: job.next):
        wait = (job.next - now).total_seconds()
        when = f"in {ago(wait)}" if wait >= 0 else f"due for {ago(-wait)}"
        failed = f" {ILL} exit code {job.exit_code}" if job.exit_code else ""
        said.append(f"{job.name} {when}{failed}")
    return f"next: {', '.join(said)}" if said else "next: nothing is scheduled"


def about(one: BackupSet, vault: Vault, now: datetime) -> str:
    """What is known of a set beyond its row."""
    decision = next((each for each in vault.decisions.value or () if each.id == one.id), None)
    lines = [f"{one.id}: {', '.join(one.contexts) or 'no Context'}; {number(one.rows)} rows"]
    if decision is not None:
        lines.append(("Pruning keeps it: " if decision.keep else "Pruning deletes it: ") + decision.reason)
    for name, words in (("held", "Held"), ("verified", "Verified"), ("read", "Being read")):
        mark = one.marks.get(name)
        if mark is not None:
            lines.append(f"{words} {age(mark.at, now)} ago{f': {mark.reason}' if mark.reason else ''}")
    return "\n".join(lines)


def pruning(decisions: Iterable[Decision]) -> str:
    """What goes and what stays, each with its reason."""
    all_of_them = list(decisions)
    goes = [f"  {one.id}: {one.reason}" for one in all_of_them if not one.keep]
    stays = [f"  {one.id}: {one.reason}" for one in all_of_them if one.keep]
    return "\n".join(["Goes, for good:", *goes, "Stays:", *stays])


def contents(document: Any) -> str:
    """What is in a set, from what `backup show` and `backup run` print."""
    try:
        return _contents(document)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ProgramError(f"spectron-ops told something else of a set than expected: {error}") from error


def _contents(document: dict[str, Any]) -> str:
    dumps = [*document.get("contexts", ()), *([document["control"]] if document.get("control") else [])]
    lines = [
        f"state      {'good' if document.get('good') else 'not good'}",
        f"from       {document.get('source', NOTHING)}",
        f"begun      {moment(datetime.fromisoformat(document['started_at']))}",
        f"encrypted  {'for ' + ', '.join(document['recipients']) if document.get('recipients') else 'no'}",
    ]
    originals = document.get("objects")
    if originals:
        copied = "copied" if originals["copied"] else "listed, not copied"
        lines.append(f"originals  {number(originals['count'])} ({size(originals['bytes'])}), {copied}")
    lines += ["", *(_dump_line(dump) for dump in dumps)]
    for failure in document.get("failures", ()):
        lines.append(f"{ILL} {failure['part']}: {failure['message']}")
    warnings = [
        *document.get("notices", ()),
        *(f"{_name(dump)}: {text}" for dump in dumps for text in dump.get("warnings", ())),
    ]
    return "\n".join([*lines, *(f"▲ {warning}" for warning in warnings)])


def _dump_line(dump: dict[str, Any]) -> str:
    rows = sum(table["rows"] for table in dump["trailer"].get("tables", {}).values())
    return f"{_name(dump):<28}{number(rows):>12} rows{size(dump['file']['size']):>12}"


def _name(dump: dict[str, Any]) -> str:
    return dump.get("context") or "control plane"
