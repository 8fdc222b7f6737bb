"""Retention policies as lines that an operator can edit, and what an edit would change."""

from collections.abc import Iterable, Sequence
from typing import Any

from spectron.errors import ArgumentError
from spectron.models.retention import DayImpact, DeletionSet, Policy, RetentionPreview, Sweep
from spectron_tui.sheets.context import floor
from spectron_tui.widgets.spark import sparkline
from spectron_tui.wording import number

HINT = "# context 30d org/acme\n"
GIVEN = "server"
"""The source of policies that the server's own settings hold; no request changes those."""
PARTS = 3
GROUPS = 12
SAMPLES = 5
BARS = 30


def as_text(policies: Iterable[Policy]) -> str:
    """The policies that can be edited here, one a line."""
    own = [policy for policy in policies if policy.source != GIVEN]
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


def with_policy(text: str, category: str, ttl: str, scope: str) -> str:
    """The lines with that policy in place of the one for the same category and scope; without a TTL it is taken out."""
    place = category, _scope([scope] if scope else [], 1)
    kept = []
    for index, line in enumerate(text.splitlines(), 1):
        said = line.split("#", 1)[0].split()
        if len(said) not in {PARTS - 1, PARTS} or (said[0], _scope(said[2:], index)) != place:
            kept.append(line)
    if ttl:
        kept.append(f"{category} {ttl} {scope}".rstrip())
    return "\n".join(kept) + "\n"


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


def swept(sweep: Sweep) -> str:
    """What a sweep takes, by table, category and policy."""
    groups = [group for context in sweep.contexts for group in context.by]
    lines = [
        f"  {number(group.count):>8}  {group.memory_category} in {group.table}, by {group.policy}" for group in groups
    ]
    return "\n".join([f"Goes, for good: {number(sweep.deleted_count)} records", *lines, "Stays: everything else."])


def chart(days: Sequence[DayImpact]) -> list[str]:
    """What goes when, for each day of the horizon, on one scale."""
    if not days:
        return []
    step = -(-len(days) // BARS)
    bars = [days[start : start + step] for start in range(0, len(days), step)]
    current = [float(sum(day.current for day in one)) for one in bars]
    proposed = [float(sum(day.proposed for day in one)) for one in bars]
    highest = max(*current, *proposed)
    return [
        f"Due until {days[-1].date}; a bar is {step} day{'s' if step > 1 else ''}, the highest {number(int(highest))}",
        f"in force  {sparkline(current, len(bars), highest)}",
        f"proposed  {sparkline(proposed, len(bars), highest)}",
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
