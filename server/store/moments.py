"""Moments in SurrealQL: exact ranges of a column that an index answers.

An index has moments in the order of their text, so that 12:00:00Z stands after 12:00:00.5Z: it is right to the second
only. So it finds a little more than is asked for, and a comparison that it takes no part in decides.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

SLACK = timedelta(seconds=1)
_EARLIEST = datetime.min.replace(tzinfo=UTC) + SLACK
_LATEST = datetime.max.replace(tzinfo=UTC) - SLACK


def between(
    column: str,
    *,
    since: datetime | None = None,
    after: datetime | None = None,
    before: datetime | None = None,
    until: datetime | None = None,
) -> tuple[str, dict[str, Any]]:
    """A condition on a column, with its variables; `since` and `until` are in the range, `after` and `before` not.

    A range without a beginning holds rows without a moment too.
    """
    conditions: list[str] = []
    variables: dict[str, Any] = {}
    for name, comparison, moment in (
        ("since", ">=", since),
        ("after", ">", after),
        ("before", "<", before),
        ("until", "<=", until),
    ):
        if moment is not None:
            low = comparison.startswith(">")
            wide = max(moment, _EARLIEST) - SLACK if low else min(moment, _LATEST) + SLACK
            variables |= {f"{column}_{name}": moment, f"{column}_about_{name}": wide}
            conditions.append(f"{column} {comparison[0]}= ${column}_about_{name}")
            conditions.append(f"<datetime>{column} {comparison} ${column}_{name}")
    return " AND ".join(conditions) or "true", variables
