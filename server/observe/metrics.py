"""Prometheus metrics, in a registry of their own."""

from collections.abc import Callable, Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from server.observe.traffic import Traffic

LATENCIES = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

Gauges = Callable[[], Mapping[str, float]]


class _Polled(Collector):
    """Gauges whose values are asked for when they are scraped."""

    def __init__(self, prefix: str, help_text: str, read: Gauges) -> None:
        self._prefix = prefix
        self._help = help_text
        self._read = read

    def collect(self) -> Iterable[Metric]:
        for name, value in self._read().items():
            yield GaugeMetricFamily(f"{self._prefix}_{name}", f"{self._help}: {name.replace('_', ' ')}.", value)


class Metrics:
    """What the server counts and times."""

    content_type = "text/plain; version=0.0.4; charset=utf-8"

    def __init__(self) -> None:
        self.traffic = Traffic()
        self._registry = CollectorRegistry(auto_describe=False)
        self.requests = Counter(
            "spectron_http_requests",
            "Requests answered, by route, method and status.",
            ["route", "method", "status"],
            registry=self._registry,
        )
        self.latency = Histogram(
            "spectron_http_request_seconds",
            "Seconds until the answer began, by route and method.",
            ["route", "method"],
            buckets=LATENCIES,
            registry=self._registry,
        )
        self.refusals = Counter(
            "spectron_refusals", "Requests refused for their key, by reason.", ["reason"], registry=self._registry
        )

        self.provider_failures = Counter(
            "spectron_provider_failures",
            "Calls to model providers that failed after all attempts, by provider and reason.",
            ["provider", "reason"],
            registry=self._registry,
        )
        self.token_refusals = Counter(
            "spectron_token_refusals",
            "Calls to models refused because a Context has used up its tokens, of the month or of the minute.",
            ["limit"],
            registry=self._registry,
        )

    def polled(self, prefix: str, help_text: str, read: Gauges) -> None:
        """Expose values that some other part keeps."""
        self._registry.register(_Polled(prefix, help_text, read))

    def collect(self) -> Iterable[Metric]:
        """Every metric with its help and its values."""
        return self._registry.collect()

    def render(self) -> bytes:
        return generate_latest(self._registry)
