"""The line under a panel that says how far it can be trusted."""

from datetime import datetime
from typing import Any

from spectron_tui.feed.panel import SIGNS, Condition, Panel
from spectron_tui.widgets.plain import Plain
from spectron_tui.wording import age


class Notice(Plain):
    """Loading, empty, failed or stale with its age; nothing when all is well."""

    DEFAULT_CSS = """
    Notice { height: auto; padding: 0 1; color: $text-muted; }
    Notice.failed { color: $error; }
    Notice.stale { color: $warning; }
    """

    def __init__(self, what: str, *, empty: str, id: str | None = None) -> None:
        super().__init__(id=id)
        self._what = what
        self._empty = empty

    def tell(self, panel: Panel[Any], now: datetime) -> None:
        """Say it for this panel."""
        condition = panel.condition
        self.set_class(condition is Condition.FAILED, "failed")
        self.set_class(condition is Condition.STALE, "stale")
        self.display = condition is not Condition.READY
        self.say(f"{SIGNS[condition]} {self._sentence(panel, now)}")

    def _sentence(self, panel: Panel[Any], now: datetime) -> str:
        match panel.condition:
            case Condition.LOADING:
                return f"Loading {self._what} …"
            case Condition.EMPTY:
                return panel.absent or self._empty
            case Condition.FAILED:
                return f"Can't show {self._what}: {panel.error}"
            case Condition.STALE:
                return f"{self._what[:1].upper()}{self._what[1:]} of {age(panel.taken_at, now)} ago. {panel.error}"
            case Condition.READY:
                return ""
