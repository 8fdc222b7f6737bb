"""Answers in words: by a language model that is shown the evidence, or put together from it without one."""

import asyncio
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from server.control.contexts import Open
from server.control.models import ContextModels, is_local
from server.core.errors import ProviderAnswerError, ProviderError, ProviderTimeoutError, ValidationError
from server.models.language import LanguageModel, Message
from server.models.usage import Usage
from server.recall.conversation import Line
from server.recall.extractive import Extract
from server.recall.hits import Hit
from server.recall.prompt import line

OFFLINE = "offline"
MAX_ANSWER_TOKENS = 1024
MOST_EVIDENCE = 24_000
LONGEST_LINE = 4_000
# Less than what a request may take, so that there is time left to answer without a model.
FIRST_WORD_SECONDS = 40.0
Otherwise = Callable[[], Awaitable[Extract]]
_MARK = re.compile(r"\[(\d{1,3})\]")
_MARKED = re.compile(r"[ \t]*\[\d{1,3}\]")

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Tally:
    """Tokens that calls have cost."""

    tokens: int = 0

    def __call__(self, usage: Usage) -> None:
        self.tokens += usage.tokens_in + usage.tokens_out


@dataclass(frozen=True, slots=True)
class Responder:
    """Who answers: a language model, or nobody but the evidence; `note` says why it is not the one configured."""

    model: LanguageModel | None = None
    tally: Tally = field(default_factory=Tally)
    note: str | None = None

    @property
    def name(self) -> str:
        return self.model.name if self.model else OFFLINE


@dataclass(frozen=True, slots=True)
class Briefing:
    """What a language model is told: its task, standing orders, evidence, and the conversation, oldest first."""

    task: str
    hits: Sequence[Hit]
    told: Sequence[str]
    before: Sequence[Line]
    message: str
    at: datetime

    def messages(self) -> list[Message]:
        parts = [self.task, f"It is {self.at:%A, %Y-%m-%d %H:%M} UTC."]
        if self.told:
            parts.append("\n".join(["## What you were told to do", *self.told]))
        parts.append("\n".join(["## Evidence", *(self._evidence() or ["There is none."])]))
        turns = [message for one in self.before for message in _turn(one)]
        while turns and turns[0].role == "assistant":
            turns.pop(0)
        return [Message("system", "\n\n".join(parts)), *turns, Message("user", self.message)]

    def _evidence(self) -> list[str]:
        lines: list[str] = []
        for place, hit in enumerate(self.hits, 1):
            lines.append(f"[{place}] {line(hit).removeprefix('- ')[:LONGEST_LINE]}")
            if sum(map(len, lines)) > MOST_EVIDENCE:
                return lines[:-1]
        return lines


@dataclass(frozen=True, slots=True)
class Response:
    """A whole answer, by whom it is, and the places of the hits it cites, counted from 1."""

    text: str
    model: str
    cited: tuple[int, ...]
    tokens: int
    note: str | None = None

    def rests_on(self, hits: Sequence[Hit]) -> list[str]:
        """The ids of the hits that it cites."""
        return [hits[place - 1].id for place in self.cited]


class Responding:
    """Asks the model that a Context is configured with, and does without when that fails."""

    def __init__(self, models: ContextModels, *, first_word_seconds: float = FIRST_WORD_SECONDS) -> None:
        """A model that has not begun to answer by then is done without, however often its provider was tried."""
        self._models = models
        self._first_word_seconds = first_word_seconds

    async def responder(self, opened: Open, configured: str, requested: str | None = None) -> Responder:
        """Who is to answer; `RateLimitedError` when the Context's tokens are used up.

        A model that a caller asks for has to be there. One that is configured and cannot be used is done without.
        """
        name = requested or configured
        if name == OFFLINE or is_local(name):
            return Responder()
        tally = Tally()
        try:
            return Responder(await self._models.language_model(opened, name, tally), tally)
        except ValidationError as error:
            if requested:
                raise
            return Responder(note=f"{error.detail} This answer is put together from memory alone.")

    async def respond(
        self, opened: Open, responder: Responder, briefing: Briefing, otherwise: Otherwise, *, live: bool
    ) -> AsyncGenerator[str | Response, None]:
        """The answer in pieces, and at its end as a whole; `otherwise` is the answer without a model.

        A model that fails before its first word is done without; one that fails later is an error.
        """
        note = responder.note
        if responder.model:
            said: list[str] = []
            try:
                asked = self._asked(opened, responder.model, responder.tally, briefing.messages(), live=live)
                async with aclosing(asked) as pieces:
                    said.append(await self._first(pieces, responder.name))
                    yield said[0]
                    async for piece in pieces:
                        said.append(piece)
                        yield piece
            except ProviderError as error:
                if said:
                    raise
                log.warning("response.model_failed", model=responder.name, reason=error.detail)
                note = f"{error.detail} This answer is put together from memory alone."
            else:
                text = "".join(said)
                yield Response(text, responder.name, cited(text, len(briefing.hits)), responder.tally.tokens)
                return
        extract = await otherwise()
        yield extract.text
        yield Response(extract.text, OFFLINE, extract.cited, responder.tally.tokens, note)

    async def whole(self, opened: Open, responder: Responder, briefing: Briefing, otherwise: Otherwise) -> Response:
        """The answer when all of it is there."""
        async with aclosing(self.respond(opened, responder, briefing, otherwise, live=False)) as pieces:
            async for piece in pieces:
                if isinstance(piece, Response):
                    return piece
        raise AssertionError("an answer ends with itself as a whole")

    async def _first(self, pieces: AsyncGenerator[str, None], model: str) -> str:
        try:
            async with asyncio.timeout(self._first_word_seconds):
                return await anext(pieces)
        except TimeoutError:
            error = ProviderTimeoutError(
                f"{model} did not begin to answer within {self._first_word_seconds:g} s; check its provider's status, "
                "or choose a faster model."
            )
            raise self._models.given_up(model, error) from None

    async def _asked(
        self, opened: Open, model: LanguageModel, tally: Tally, messages: Sequence[Message], *, live: bool
    ) -> AsyncGenerator[str, None]:
        said = ""
        try:
            if live:
                async with aclosing(model.stream(messages, max_tokens=MAX_ANSWER_TOKENS)) as pieces:
                    async for piece in pieces:
                        said += piece
                        yield piece
            else:
                said = (await model.complete(messages, max_tokens=MAX_ANSWER_TOKENS)).text
                if said.strip():
                    yield said
            if not said.strip():
                error = ProviderAnswerError(f"{model.name} answered with nothing; try again, or another model.")
                raise self._models.given_up(model.name, error)
        finally:
            if said and not tally.tokens:
                tally.tokens = _estimated(messages, said)
                self._models.spend(opened, tally.tokens)


def unmarked(text: str) -> str:
    """A text without its marks."""
    return _MARKED.sub("", text)


def _estimated(messages: Sequence[Message], said: str) -> int:
    """What a provider has not counted, as for an answer that nobody waited for: about four letters a token."""
    return (sum(len(message.content) for message in messages) + len(said)) // 4


def cited(text: str, count: int) -> tuple[int, ...]:
    """The places that an answer marks, each once, in their order."""
    places = dict.fromkeys(int(mark) for mark in _MARK.findall(text))
    return tuple(place for place in places if 1 <= place <= count)


def _turn(one: Line) -> list[Message]:
    """What somebody said, if it was one of the two who talk and not nothing."""
    content = one.content[:LONGEST_LINE]
    if not content.strip():
        return []
    match one.role:
        case "user" | "assistant" as role:
            return [Message(role, content)]
        case _:
            return []
