"""One command at work."""

from collections.abc import Callable
from functools import cached_property
from typing import TypeVar

import typer
from rich.console import RenderableType

from spectron.errors import ArgumentError
from spectron.models.record import Page, Record, RecordT
from spectron.sync.client import SpectronManagement
from spectron.sync.context import ContextHandle
from spectron.target import Given, Target, find_target
from spectron.terminal.output import Output
from spectron.terminal.terminal import Terminal

ResultT = TypeVar("ResultT", bound=Record | Page[Record])


class Session:
    """What a command needs: where it talks to, the client for that, and a way to show results."""

    def __init__(self, terminal: Terminal, given: Given, *, as_json: bool) -> None:
        self.terminal = terminal
        self.given = given
        self.as_json = as_json
        self.out = Output(terminal.stdout, terminal.stderr)

    @cached_property
    def target(self) -> Target:
        return find_target(self.given, self.terminal.environ, self.terminal.directory)

    @cached_property
    def admin(self) -> SpectronManagement:
        return self.client(self.target.url, self.target.api_key)

    def client(self, url: str, api_key: str | None) -> SpectronManagement:
        return SpectronManagement(url, api_key or "", transport=self.terminal.transport, sleep=self.terminal.sleep)

    @property
    def here(self) -> ContextHandle:
        """The Context that the options, the environment or the profile name."""
        return self.admin.contexts(self.context_id())

    def context_id(self, named: str | None = None) -> str:
        """The Context named in the command, else the one of the options, the environment or the profile."""
        context = named or self.target.context
        if not context:
            raise typer.BadParameter("say which Context, here or in SPECTRON_CONTEXT_ID", param_hint="--context")
        return context

    def show(self, result: ResultT, view: Callable[[ResultT], RenderableType]) -> None:
        """The API's own JSON for programs, the view for people."""
        if self.as_json:
            self.out.json(result.raw)
        elif isinstance(result, Page) and not result.items:
            self.out.note("There is none.")
        else:
            self.out.show(view(result))

    def show_page(self, page: Page[RecordT], view: Callable[[Page[RecordT]], RenderableType], *, option: str) -> None:
        """One page of a list, and how to see the next one."""
        self.show(page, view)
        if page.has_more:
            self.out.note(f"There are more: {option} {page.next_cursor}")

    def confirm(self, name: str, consequence: str) -> None:
        """Go on only if the person types the name of what is to be destroyed."""
        self.out.note(consequence)
        if self.terminal.ask(f"Type {name} to go on: ") != name:
            raise ArgumentError(f"That was not {name}: nothing was deleted. (--yes deletes without asking.)")

    def close(self) -> None:
        if "admin" in self.__dict__:
            self.admin.close()
