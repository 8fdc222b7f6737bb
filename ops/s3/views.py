"""A bucket's set-up as people read it."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from rich.console import Group, RenderableType

from ops.s3.inspection import Finding
from ops.s3.undeleting import Hidden
from spectron.terminal.session import Session
from spectron.terminal.tables import rows, size


def show_findings(session: Session, findings: list[Finding]) -> None:
    """The findings, for a program or a person; what is dangerous is said aloud in either case."""
    if session.as_json:
        session.out.json({"parts": [asdict(one) | {"fine": one.is_fine} for one in findings]})
    else:
        session.out.show(finding_sheet(findings))
    for one in findings:
        for note in one.notes:
            session.out.note(f"{one.part}: {note}")
        for danger in one.dangers:
            session.out.note(f"Danger: {danger}")
        if one.error and one.is_fine:
            session.out.note(one.error)
        elif one.error:
            session.out.error(one.error)


def finding_sheet(findings: Iterable[Finding]) -> RenderableType:
    findings = [*findings]
    states = rows(("PART", "STATE"), ((one.part, one.state) for one in findings))
    changes = [(one.part, change.setting, change.now, change.wanted) for one in findings for change in one.changes]
    return Group(states, rows(("PART", "SETTING", "NOW", "WANTED"), changes)) if changes else states


def hidden_list(found: Iterable[Hidden]) -> RenderableType:
    return rows(("DELETED", "SIZE", "OBJECT"), ((one.deleted_at, size(one.size), one.key) for one in found))


def hidden_view(one: Hidden) -> dict[str, Any]:
    return {"key": one.key, "deleted_at": one.deleted_at.isoformat(), "size": one.size}
