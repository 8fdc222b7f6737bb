"""What goes wrong with models, counted for whoever watches the server."""

from server.core.errors import (
    CircuitOpenError,
    ProviderAnswerError,
    ProviderBusyError,
    ProviderError,
    ProviderRefusedError,
    ProviderTimeoutError,
)
from server.models.registry import PROVIDERS
from server.observe.metrics import Metrics

MONTH, MINUTE = "month", "minute"
FAILURES: tuple[type[ProviderError], ...] = (
    ProviderError,
    ProviderTimeoutError,
    ProviderBusyError,
    ProviderRefusedError,
    ProviderAnswerError,
    CircuitOpenError,
)


class ModelTroubles:
    """Counts the calls that providers failed, and those that a Context's tokens did not suffice for."""

    def __init__(self, metrics: Metrics) -> None:
        self._failures = metrics.provider_failures
        self._refusals = metrics.token_refusals
        # A figure that appears with its first trouble would not be seen to grow.
        for provider in PROVIDERS:
            for failure in FAILURES:
                self._failures.labels(provider, failure.reason)
        for limit in (MONTH, MINUTE):
            self._refusals.labels(limit)

    def failed(self, provider: str, error: ProviderError) -> None:
        """A call to a provider came to nothing, after all attempts."""
        self._failures.labels(provider, error.reason).inc()

    def refused(self, limit: str) -> None:
        """A call was not made because the tokens of the month or of the minute are used up."""
        self._refusals.labels(limit).inc()
