"""The last line: what can be done here, by its keys."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, cast

from rich.text import Text
from textual import events
from textual.app import RenderResult
from textual.binding import Binding
from textual.keys import key_to_character
from textual.widget import Widget

from spectron_tui.actions.action import EVERYWHERE, NEAREST_FIRST, Action

if TYPE_CHECKING:
    from spectron_tui.app import Dashboard

LAST = frozenset({"app.help", "app.quit"})
"""Stay in sight however narrow it is: the first one tells the rest."""


@dataclass(frozen=True)
class Label:
    """A key with what it does, and where it stands."""

    action: Action
    key: str
    enabled: bool
    start: int = 0

    def __str__(self) -> str:
        return f" {self.key} {self.action.label} "

    @property
    def end(self) -> int:
        return self.start + len(str(self))


class Keys(Widget):
    """Derived from the actions of the screen; a click does what the key does."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"keys--key"}
    DEFAULT_CSS = """
    Keys { height: 1; dock: bottom; background: $panel; color: $foreground; }
    Keys > .keys--key { color: $accent; text-style: bold; }
    """

    def on_mount(self) -> None:
        self.watch(self.screen, "focused", self._refresh_keys, init=False)

    def render(self) -> RenderResult:
        line = Text(no_wrap=True, end="")
        strong = self.get_component_rich_style("keys--key", partial=True)
        for label in self.labels():
            line.append(" " * (label.start - len(line)))
            line.append(f" {label.key} ", strong if label.enabled else "dim")
            line.append(f"{label.action.label} ", "" if label.enabled else "dim")
        return line

    def labels(self) -> tuple[Label, ...]:
        """What stands on the line."""
        dashboard = cast("Dashboard", self.app)
        found = [
            self._label(action, dashboard.keys_of(action)[0])
            for action in sorted(dashboard.actions_here(self.screen), key=_nearness)
            if action.in_footer and not self._typed(dashboard.keys_of(action)[0])
        ]
        return placed(found, self.size.width)

    async def on_click(self, event: events.Click) -> None:
        """Do what was clicked."""
        label = next((label for label in self.labels() if label.start <= event.x < label.end), None)
        if label is not None:
            owner = self.app if label.action.area in EVERYWHERE else self.screen
            await self.app.run_action(label.action.method, owner)

    def _label(self, action: Action, key: str) -> Label:
        shown = self.app.get_key_display(Binding(key, action.method))
        return Label(action, shown, self.screen.check_action(action.method, ()) is True)

    def _typed(self, key: str) -> bool:
        """Whether the key would be a letter of what is being typed."""
        focused = self.screen.focused
        return focused is not None and focused.check_consume_key(key, "/" if key == "slash" else key_to_character(key))

    def _refresh_keys(self) -> None:
        self.refresh()


def _nearness(action: Action) -> int:
    return NEAREST_FIRST.get(action.area, 0)


def placed(labels: Iterable[Label], width: int) -> tuple[Label, ...]:
    """As many as there is room for, the last ones at the right end."""
    all_of_them = list(labels)
    right = [label for label in all_of_them if label.action.id in LAST]
    room = width - sum(len(str(label)) for label in right)
    shown: list[Label] = []
    start = 0
    for label in (label for label in all_of_them if label.action.id not in LAST):
        if start + len(str(label)) > room:
            break
        shown.append(Label(label.action, label.key, label.enabled, start))
        start = shown[-1].end
    start = max(start, room)
    for label in right:
        shown.append(Label(label.action, label.key, label.enabled, start))
        start = shown[-1].end
    return tuple(shown)
