"""Numbers and times as an operator reads them."""

from datetime import datetime

TIERS = {"full_context": "full"}
MINUTE, HOUR, DAY = 60, 3600, 86400


def ago(seconds: float) -> str:
    """`12s`, `4m`, `3h`, `9d`: short enough for a column."""
    for size, unit in ((DAY, "d"), (HOUR, "h"), (MINUTE, "m")):
        if seconds >= size:
            return f"{int(seconds // size)}{unit}"
    return f"{int(seconds)}s"


def age(moment: datetime | None, now: datetime) -> str:
    """How long ago a moment was, or a dash."""
    return "-" if moment is None else ago(max(0.0, (now - moment).total_seconds()))


def number(count: int | None) -> str:
    return "-" if count is None else f"{count:,}"


def milliseconds(value: float | None) -> str:
    return "-" if value is None else f"{value:,.0f} ms"


def short(tier: str) -> str:
    """A tier of recall in a word that fits a column."""
    return TIERS.get(tier, tier)
