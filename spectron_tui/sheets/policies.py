"""Retention policies as lines that an operator can edit, and what an edit would change."""

from collections.abc import Iterable, Sequence
from typing import Any

from spectron.errors import ArgumentError
from spectron.models.retention import DayImpact, DeletionSet, Policy, RetentionPreview
from spectron_tui.sheets.context import floor
from spectron_tui.widgets.spark import sparkline
from spectron_tui.wording import number

HINT = "# One policy a line: category, time to live, scope.  context 30d org/acme\n"
EDITABLE = "api"
PARTS = 3
GROUPS = 12
SAMPLES = 5


def as_text(policies: Iterable[Policy]) -> str:
    """The policies that can be edited here, one a line."""
    own = [policy for policy in policies if policy.source in {EDITABLE, None}]
    return HINT + "".join(f"{policy.memory_category} {policy.ttl} {floor(policy.scope)}\n" for policy in own)


def parsed(text: str) -> list[dict[str, Any]]:
    """The lines as policies; a line that is none is named with its number."""
    policies = []
    for index, line in enumerate(text.splitlines(), 1):
        said = line.split("#", 1)[0].split()
        if not said:
            continue
        if len(said) not in {PARTS - 1, PARTS}:
            raise ArgumentError(f"Line {index} is not a category, a time to live and a scope: {line.strip()}")
        policies.append({"memory_category": said[0], "ttl": said[1], "scope": _scope(said[2:], index)})
    return policies


def impact(preview: RetentionPreview) -> str:
    """What the edit changes, beside what is in force."""
    lines = [f"▲ {warning.message}" for warning in preview.warnings]
    for title, part in (
        ("Newly deleted by the next sweep", preview.newly_deleted),
        ("No longer deleted", preview.no_longer_deleted),
        ("Deleted either way", preview.unchanged),
    ):
        lines += ["", f"{title}: {number(part.count)}", *_groups(part)]
    return "\n".join([*lines, "", *chart(preview.impact)]).strip("\n")


def chart(days: Sequence[DayImpact]) -> list[str]:
    """What goes when, for each day of the horizon, on one scale."""
    if not days:
        return []
    highest = max(max(day.current, day.proposed) for day in days)
    width = len(days)
    return [
        f"Due by day until {days[-1].date}, at most {number(highest)} a day",
        f"in force  {sparkline([float(day.current) for day in days], width, float(highest))}",
        f"proposed  {sparkline([float(day.proposed) for day in days], width, float(highest))}",
    ]


def _groups(part: DeletionSet) -> list[str]:
    lines = []
    for group in part.by[:GROUPS]:
        lines.append(
            f"  {number(group.count):>8}  {group.memory_category} in {group.table}, scope {group.scope or '-'}, "
            f"by {group.policy}, {_span(group.oldest)} to {_span(group.newest)}"
        )
        lines += [f"            {sample.id}" for sample in group.samples[:SAMPLES]]
    more = len(part.by) - GROUPS
    return [*lines, f"  and {more} more groups"] if more > 0 else lines


def _span(moment: Any) -> str:
    return "-" if moment is None else f"{moment:%Y-%m-%d}"


def _scope(said: list[str], line: int) -> dict[str, str]:
    path = said[0].strip("/") if said and said[0] != "-" else ""
    parts = path.split("/") if path else []
    if len(parts) % 2:
        raise ArgumentError(f"The scope of line {line} is not pairs of a name and a value, such as org/acme.")
    return dict(zip(parts[::2], parts[1::2], strict=True))
