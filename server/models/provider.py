"""Talking to a model provider over HTTP: time-outs, retries, the breaker and errors, the same for all of them."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeVar

import httpx

from server.core.clock import Clock
from server.core.errors import (
    ProviderAnswerError,
    ProviderBusyError,
    ProviderError,
    ProviderRefusedError,
    ProviderTimeoutError,
)
from server.models.breaker import CircuitBreaker
from server.models.language import Completion
from server.models.settings import Patience

_BUSY = {429, 529}
_PASSING = _BUSY | {408, 500, 502, 503, 504}
_KEY_PROBLEMS = {401, 402, 403}
_SHOWN = 200
T = TypeVar("T")
# Learns the name of a provider and what a call to it ended with.
FailureSink = Callable[[str, ProviderError], None]


class ProviderClient:
    """One provider with its address and key; shared by every model of it."""

    def __init__(
        self,
        name: str,
        base_url: str,
        headers: Mapping[str, str],
        *,
        http: httpx.AsyncClient,
        clock: Clock,
        random: Callable[[], float],
        failed: FailureSink,
        breaker: CircuitBreaker,
        patience: Patience,
        secret: str = "",
    ) -> None:
        self.name = name
        self.base_url = base_url.rstrip("/")
        self._headers = dict(headers)
        self._http = http
        self._clock = clock
        self._random = random
        self._failed = failed
        self._breaker = breaker
        self._patience = patience
        self._secret = secret

    async def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """The provider's answer, a JSON object; tried again after what passes."""

        async def exchange() -> bytes:
            response = await self._send(path, body)
            try:
                async with self._in_time():
                    return await response.aread()
            finally:
                await response.aclose()

        return self._decoded(await self._repeat(exchange))

    async def stream(self, path: str, body: Mapping[str, Any]) -> AsyncGenerator[dict[str, Any], None]:
        """The events of a streamed answer; only what fails before the first of them is tried again."""
        response = await self._repeat(lambda: self._send(path, body))
        try:
            lines = response.aiter_lines()
            while True:
                with self._telling():
                    async with self._in_time():
                        line = await anext(lines, None)
                if line is None:
                    return
                data = line.removeprefix("data:").strip()
                if data != line.strip() and data != "[DONE]":
                    yield self._decoded(data.encode())
        finally:
            await response.aclose()

    def unusable(self, problem: str) -> ProviderAnswerError:
        """The error for an answer that is not what was asked for; it counts as a failure."""
        error = ProviderAnswerError(f"{self.name} at {self.base_url} {problem}.")
        self._failed(self.name, error)
        return error

    def broken_off(self, error: Any = None) -> ProviderAnswerError:
        """The error for a streamed answer that came to no end; `error` is what the provider said of it."""
        message = error.get("message") if isinstance(error, dict) else error
        said = f": {self._shown(message)}" if isinstance(message, str) else " before its end"
        return self.unusable(f"broke off its answer{said}; try again")

    def checked_json(self, completion: Completion) -> Completion:
        """The same completion, once it is certain that its text is a JSON object."""
        if completion.truncated:
            raise self.unusable(f"needed more than {completion.tokens_out} tokens for its answer; allow it more")
        self._decoded(completion.text.encode())
        return completion

    async def _repeat(self, call: Callable[[], Awaitable[T]]) -> T:
        with self._telling():
            self._breaker.admit()
            for attempt in range(1, self._patience.attempts + 1):
                try:
                    result = await call()
                except ProviderError as error:
                    delay = self._delay(attempt, error)
                    if delay is None:
                        self._count(error)
                        raise
                    await self._clock.sleep(delay)
                else:
                    self._breaker.succeeded()
                    return result
            raise AssertionError("the last attempt returns or raises")

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """Tell of the error that a call ends with."""
        try:
            yield
        except ProviderError as error:
            self._failed(self.name, error)
            raise

    def _delay(self, attempt: int, error: ProviderError) -> float | None:
        """Seconds until the next attempt, None if there is none."""
        if attempt == self._patience.attempts or not error.repeatable:
            return None
        jittered = self._patience.first_delay * 2.0 ** (attempt - 1) * (0.5 + self._random())
        delay = min(jittered, self._patience.longest_delay)
        if not isinstance(error, ProviderBusyError):
            return delay
        return max(delay, error.retry_after) if error.retry_after <= self._patience.longest_delay else None

    def _count(self, error: ProviderError) -> None:
        """Only a provider that is broken opens the breaker; one that says no, or later, works."""
        if error.repeatable and not isinstance(error, ProviderBusyError):
            self._breaker.failed()
        else:
            self._breaker.succeeded()

    async def _send(self, path: str, body: Mapping[str, Any]) -> httpx.Response:
        """A response of success, its body not read yet."""
        async with self._in_time():
            request = self._http.build_request(
                "POST", self.base_url + path, json=body, headers=self._headers, timeout=self._patience.attempt_seconds
            )
            response = await self._http.send(request, stream=True)
            if response.is_success:
                return response
            try:
                raise self._refusal(response, await response.aread())
            finally:
                await response.aclose()

    @asynccontextmanager
    async def _in_time(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._patience.attempt_seconds):
                yield
        except (TimeoutError, httpx.TimeoutException):
            raise ProviderTimeoutError(
                f"{self.name} at {self.base_url} did not answer within {self._patience.attempt_seconds:g} s; "
                "check its status, or choose a faster model."
            ) from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ProviderTimeoutError(
                f"{self.name} at {self.base_url} could not be reached or broke off ({error or type(error).__name__}); "
                "check base_url, the network and that the service runs."
            ) from error

    def _refusal(self, response: httpx.Response, content: bytes) -> ProviderError:
        status = response.status_code
        said = f"{self.name} at {self.base_url} answered {status}: {self._message(content)}"
        if status in _BUSY:
            return ProviderBusyError(
                f"{said}. Try again later, or raise the limit of this key.", retry_after=_retry_after(response)
            )
        if status in _PASSING:
            return ProviderError(f"{said}. Try again later; if that lasts, check the provider's status.")
        remedy = "its key" if status in _KEY_PROBLEMS else "the name of the model and base_url"
        return ProviderRefusedError(f"{said}. Check {remedy} in the Context's configuration.")

    def _message(self, content: bytes) -> str:
        """What the provider says went wrong, short, and never the key it was called with."""
        try:
            error = json.loads(content)["error"]
            message = str(error["message"] if isinstance(error, dict) else error)
        except (ValueError, KeyError, TypeError):
            message = content.decode("utf-8", "replace")
        return self._shown(message)

    def _shown(self, message: str) -> str:
        if self._secret:
            message = message.replace(self._secret, "********")
        return " ".join(message.split())[:_SHOWN].rstrip(".") or "nothing"

    def _decoded(self, content: bytes) -> dict[str, Any]:
        try:
            answer = json.loads(content)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise self.unusable(
                f"answered with something that is no JSON object ({content[:40]!r}); check that base_url is its API"
            )
        return answer


def _retry_after(response: httpx.Response) -> float:
    """Seconds, 1 where the header is absent; its other form, a date, is rare enough to be read as absent."""
    try:
        seconds = float(response.headers.get("Retry-After", "1"))
    except ValueError:
        return 1.0
    return seconds if 0 <= seconds < float("inf") else 1.0
