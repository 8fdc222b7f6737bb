"""The first line: where one is, what one looks at, and whether one may change it."""

from typing import TYPE_CHECKING, cast

from rich.text import Text
from textual.app import RenderResult
from textual.widget import Widget

if TYPE_CHECKING:
    from spectron_tui.app import Dashboard

PLACES = (("1", "overview"), ("2", "contexts"), ("3", "ingestion"), ("4", "traces"), ("5", "retention"))


class Banner(Widget):
    """One line that fits into eighty columns."""

    DEFAULT_CSS = "Banner { height: 1; background: $panel; color: $foreground; }"

    def render(self) -> RenderResult:
        dashboard = cast("Dashboard", self.app)
        line = Text(no_wrap=True, overflow="ellipsis")
        line.append(" spectron ", style="bold reverse")
        for key, place in PLACES:
            here = place == dashboard.place
            line.append(f" {key} {place.capitalize()} ", style="bold underline" if here else "")
        line.append("  " + dashboard.target.url.removeprefix("http://"))
        badges = self._badges(dashboard)
        room = self.size.width - len(badges)
        line.truncate(max(0, room), overflow="ellipsis", pad=True)
        line.append(badges, style="bold")
        return line

    def _badges(self, dashboard: "Dashboard") -> str:
        said = ["▲ NO ANSWER"] if dashboard.connected is False else []
        said += ["‖ PAUSED"] if dashboard.paused else []
        said += self._recording(dashboard)
        player = dashboard.surroundings.player
        said.append("REPLAY" if player is not None else "✎ WRITE" if dashboard.surroundings.writes else "READ-ONLY")
        return f" {'  '.join(said)} "

    def _recording(self, dashboard: "Dashboard") -> list[str]:
        recorder = dashboard.surroundings.recorder
        if recorder is None:
            return []
        return ["● REC" if recorder.trouble is None and recorder.url == dashboard.target.url else "✗ NO REC"]
