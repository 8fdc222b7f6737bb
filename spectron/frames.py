"""Server-sent events, as they stand in the lines of an answer."""

from dataclasses import dataclass

MILLISECONDS = 1000


@dataclass(frozen=True)
class Frame:
    """One event: its name, its data, and the id to go on after."""

    event: str
    data: str
    id: str | None = None


class FrameReader:
    """Puts lines together to frames."""

    def __init__(self) -> None:
        self.retry_seconds: float | None = None
        """How long the server asks to wait before coming back."""
        self._event = ""
        self._data: list[str] = []
        self._id: str | None = None

    def take(self, line: str) -> Frame | None:
        """The frame that the line completes, if it does; comments are skipped."""
        if not line:
            return self._complete()
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        match name:
            case "event":
                self._event = value
            case "data":
                self._data.append(value)
            case "id":
                self._id = value
            case "retry" if value.isdigit():
                self.retry_seconds = int(value) / MILLISECONDS
            case _:
                pass
        return None

    def _complete(self) -> Frame | None:
        frame = Frame(self._event or "message", "\n".join(self._data), self._id) if self._data else None
        self._event, self._data, self._id = "", [], None
        return frame
