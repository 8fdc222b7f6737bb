"""The line that says which moment of a recording is shown."""

from datetime import timedelta

from rich.text import Text
from textual.app import RenderResult
from textual.widget import Widget

from spectron_tui.recording.player import Player
from spectron_tui.widgets.spark import meter

BAR = 20


class Reel(Widget):
    """One line below the banner, where a recording is played."""

    DEFAULT_CSS = "Reel { height: 1; padding: 0 1; background: $boost; color: $foreground; }"

    def __init__(self, player: Player) -> None:
        super().__init__()
        self._player = player

    def render(self) -> RenderResult:
        return Text(told(self._player), no_wrap=True, overflow="ellipsis")


def told(player: Player) -> str:
    """What is played, the moment that is shown, and how far into it that is."""
    position, length = player.position, player.length
    sign = "‖" if player.held else "■" if position == length else "▶"
    bar = meter(position.total_seconds(), length.total_seconds(), BAR) if length else "█" * BAR
    flaw = f"  ▲ {player.tape.flaw}" if player.tape.flaw else ""
    where = f"{bar} {_clock(position)} of {_clock(length)}"
    return f"{sign} {player.now():%Y-%m-%d %H:%M:%S} UTC  {where}{flaw}  {player.title}"


def _clock(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    hours, rest = divmod(seconds, 3600)
    minutes = f"{rest // 60}:{rest % 60:02}"
    return f"{hours}:{minutes.zfill(5)}" if hours else minutes
