"""`spectronctl chat`."""

from collections.abc import Iterator
from typing import Annotated

import typer

from spectron.ctl.arguments import ScopeOption, scope_of, text_of
from spectron.endpoint import Scope
from spectron.errors import APIError, ResponseError, TransportError
from spectron.models.recall import ReplyPart
from spectron.terminal.commands import command
from spectron.terminal.session import Session
from spectron.terminal.tables import excerpt

EXCERPT = 100


def register(app: typer.Typer) -> None:
    command(app, example="spectronctl chat 'Where do I live?' --scope user=alice --context acme-prod")(chat)


def chat(
    session: Session,
    message: Annotated[
        str | None, typer.Argument(metavar="[MESSAGE]", help="What to say; without it, talk until the end of input.")
    ] = None,
    scope: ScopeOption = [],  # noqa: B006 - Typer reads it, nobody writes to it
    session_id: Annotated[str | None, typer.Option("--session", metavar="ID", help="Go on with this one.")] = None,
    model: Annotated[str | None, typer.Option(metavar="PROVIDER/MODEL", help="Who answers.")] = None,
) -> None:
    """Talk to what is remembered; everything said is remembered, too. Ctrl-C stops a reply and loses nothing."""
    talk = Conversation(session, scope_of(scope), session_id, model)
    if message is not None:
        talk.once(text_of(message, session))
    else:
        talk.on_and_on()


class Conversation:
    """Messages and replies in one session, which can be gone on with later."""

    def __init__(self, session: Session, scope: Scope | None, id: str | None, model: str | None) -> None:
        self._session = session
        self._scope = scope
        self._id = id
        self._model = model

    def once(self, message: str) -> None:
        if self._session.as_json:
            reply = self._session.here.memory.chat(message, session_id=self._id, scope=self._scope, model=self._model)
            self._session.out.json(reply.raw)
            return
        try:
            self._say(message)
        finally:
            self._tell_how_to_go_on()

    def on_and_on(self) -> None:
        out = self._session.out
        if self._id is None:
            # Known before anything is said, so that nothing that is said can be lost.
            self._id = self._session.here.sessions.create(scope=self._scope).id
        try:
            for message in self._session.terminal.said("> "):
                try:
                    self._say(message)
                except KeyboardInterrupt:
                    out.note("\nStopped. What you said is remembered.")
                except (APIError, TransportError, ResponseError) as error:
                    out.error(str(error))
        finally:
            self._tell_how_to_go_on()

    def _say(self, message: str) -> None:
        out = self._session.out
        if self._session.as_json:
            for part in self._parts(message):
                if part.done:
                    out.record(part.raw)
            return
        begun, whole = False, None
        try:
            for part in self._parts(message):
                begun = begun or bool(part.delta)
                out.text(part.delta)
                whole = part.whole or whole
        finally:
            if begun:
                out.text("\n")
        for each in whole.evidence if whole else ():
            if each.cited:
                out.note(f"[{each.cite}] {each.title or each.source}: {excerpt(each.text, EXCERPT)}")
        if whole and whole.note:
            out.note(whole.note)

    def _parts(self, message: str) -> Iterator[ReplyPart]:
        memory = self._session.here.memory
        for part in memory.chat_stream(message, session_id=self._id, scope=self._scope, model=self._model):
            self._id = part.session_id or self._id
            yield part

    def _tell_how_to_go_on(self) -> None:
        if self._id:
            self._session.out.note(f"Go on with `spectronctl chat --session {self._id}`.")
