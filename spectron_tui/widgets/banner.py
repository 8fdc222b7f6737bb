"""The first lines: where one is, what one looks at, and whether one may change it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from rich.text import Text
from textual import events
from textual.app import RenderResult
from textual.binding import Binding
from textual.geometry import Size
from textual.widget import Widget

from spectron_tui.actions.catalogue import EVERYWHERE

if TYPE_CHECKING:
    from spectron_tui.app import Dashboard

PLACES = tuple(action for action in EVERYWHERE if action.id.startswith("go."))
WIDE = 120
"""From here on everything fits into one line."""
NARROW = 78
"""Below this, only the place where one is has its name; the others have their keys."""


class Banner(Widget):
    """One line where it is wide, two that fit into eighty columns elsewhere."""

    DEFAULT_CSS = "Banner { height: auto; background: $panel; color: $foreground; }"

    def on_mount(self) -> None:
        for seen in ("connected", "paused"):
            self.watch(self.app, seen, self._refresh, init=False)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 (Textual passes it)
        return 1 if width >= WIDE else 2

    def render(self) -> RenderResult:
        dashboard = cast("Dashboard", self.app)
        places = self._places(dashboard)
        badges = self._badges(dashboard)
        if self.size.width >= WIDE:
            places.append("  " + dashboard.target.url.removeprefix("http://"))
            return self._with_badges(places, badges)
        return Text("\n").join([places, self._with_badges(Text(f" {dashboard.target.url}"), badges)])

    def on_click(self, event: events.Click) -> None:
        """Go to the place that was clicked."""
        start = 0
        dashboard = cast("Dashboard", self.app)
        for place, label in self._labels(dashboard):
            start += len(label)
            if event.y == 0 and event.x < start:
                dashboard.go(place)
                return

    def _refresh(self) -> None:
        self.refresh()

    def _places(self, dashboard: "Dashboard") -> Text:
        line = Text(no_wrap=True, overflow="ellipsis")
        for place, label in self._labels(dashboard):
            line.append(label, style="bold reverse" if place == dashboard.place else "")
        return line

    def _labels(self, dashboard: "Dashboard") -> Iterator[tuple[str, str]]:
        for action in PLACES:
            place = action.id.removeprefix("go.")
            key = dashboard.get_key_display(Binding(dashboard.keys_of(action)[0], action.method))
            named = self.size.width >= NARROW or place == dashboard.place
            yield place, f" {key} {action.label}" if named else f" {key}"

    def _with_badges(self, line: Text, badges: str) -> Text:
        line.truncate(max(0, self.size.width - len(badges)), overflow="ellipsis", pad=True)
        line.append(badges, style="bold")
        return line

    def _badges(self, dashboard: "Dashboard") -> str:
        said = ["▲ NO ANSWER"] if dashboard.connected is False else []
        at_work = len(dashboard.desk.runs.active)
        said += [f"▶ {at_work} AT WORK"] if at_work else []
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
