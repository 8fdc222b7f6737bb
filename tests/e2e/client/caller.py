"""Either client behind one face that is awaited, and the account of what was called through it."""

import inspect
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from typing import Any

from tests.e2e.client.surface import CLIENTS, CONSTRUCTOR, is_namespace


class Calls:
    """Which members answered, and which of their parameters had been given."""

    def __init__(self) -> None:
        self.held: defaultdict[str, set[str]] = defaultdict(set)

    def note(self, name: str, given: set[str]) -> None:
        self.held[name] |= given


class Caller:
    """A client, or a namespace of one; what it calls is noted once it has answered."""

    def __init__(self, target: object, calls: Calls, path: str = "") -> None:
        self._target = target
        self._calls = calls
        self._path = path

    def __getattr__(self, name: str) -> Any:
        member = getattr(self._target, name)
        path = self._path + name
        if is_namespace(member):
            return Caller(member, self._calls, f"{path}.")
        if not callable(member):
            self._calls.note(path, set())
            return member

        async def call(*arguments: Any, **named: Any) -> Any:
            given = inspect.signature(member).bind(*arguments, **named).arguments
            result = member(*arguments, **named)
            answer = await result if inspect.isawaitable(result) else result
            self._calls.note(path, set(given))
            return answer

        return call


def made(kind: str, calls: Calls, **options: Any) -> Caller:
    """A new client of that kind."""
    client = CLIENTS[kind](**options)
    calls.note(CONSTRUCTOR, set(options))
    return Caller(client, calls)


async def each(stream: Iterator[Any] | AsyncIterator[Any]) -> list[Any]:
    """What a stream of either client yields."""
    if isinstance(stream, Iterator):
        return list(stream)
    return [one async for one in stream]
