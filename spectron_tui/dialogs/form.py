"""A few lines to fill in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, Label

from spectron_tui.dialogs.dialog import Dialog
from spectron_tui.widgets.plain import Plain

ROOMY = 4
"""How many lines to fill in fit into 24 with room between them."""


@dataclass(frozen=True)
class Field:
    """One line: its name, what it is called, an example, and what is in it at first."""

    name: str
    label: str
    example: str = ""
    value: str = ""
    required: bool = True
    secret: bool = False
    """Whether it is not shown as it is typed."""


def nothing_wrong(_: dict[str, str]) -> str | None:
    return None


class Form(Dialog[dict[str, str] | None]):
    """Answers what was filled in, or None."""

    AUTO_FOCUS = "Input"
    DEFAULT_CSS = "Form .dense Input { margin-bottom: 0; }"
    # Taken before the line gets the key: what is typed right after it is meant for the next line already.
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "next", show=False, priority=True, id="form.next")]

    def __init__(
        self,
        title: str,
        fields: Sequence[Field],
        verb: str,
        check: Callable[[dict[str, str]], str | None] = nothing_wrong,
    ) -> None:
        super().__init__()
        self._title = title
        self._fields = tuple(fields)
        self._verb = verb
        self._check = check

    def compose(self) -> ComposeResult:
        with Vertical(classes="dense" if len(self._fields) > ROOMY else ""):
            yield Plain(self._title, classes="title")
            for field in self._fields:
                yield Label(field.label if field.required else f"{field.label} (can be empty)", markup=False)
                yield Input(field.value, placeholder=field.example, id=field.name, password=field.secret)
            yield Plain(classes="wrong")
            with Horizontal():
                yield Button("Cancel", id="cancel")
                yield Button(self._verb, id="go", variant="primary")

    def action_next(self) -> None:
        """Go to the next line; on the last one, and on a button, the key does what it does there."""
        if not isinstance(self.focused, Input) or self.focused is self.query(Input).last():
            raise SkipAction
        self.focus_next()

    @on(Input.Submitted)
    @on(Button.Pressed, "#go")
    def _go(self) -> None:
        given = {field.name: self.query_one(f"#{field.name}", Input).value.strip() for field in self._fields}
        missing = next((field for field in self._fields if field.required and not given[field.name]), None)
        wrong = f"{missing.label} is missing." if missing else self._check(given)
        if wrong is None:
            self.dismiss(given)
            return
        self.query_one(".wrong", Plain).say(wrong)
        if missing:
            self.query_one(f"#{missing.name}", Input).focus()

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.dismiss(None)
