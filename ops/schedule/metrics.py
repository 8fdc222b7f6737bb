"""What Prometheus is told of the jobs, by a file for the node exporter or over HTTP."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest, start_http_server
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from ops.errors import OpsError
from ops.schedule.state import JobState
from spectron.errors import ArgumentError


class JobFigures(Collector):
    """Reads the state whenever it is asked; a job that has never run has no figures but its name."""

    def __init__(self, load: Callable[[], Mapping[str, JobState]]) -> None:
        self._load = load

    def collect(self) -> Iterator[Metric]:
        success = _gauge("last_success_timestamp_seconds", "When the job last went well.")
        begun = _gauge("last_start_timestamp_seconds", "When the job was last started.")
        code = _gauge("last_exit_code", "How the job last ended.")
        took = _gauge("last_duration_seconds", "How long the last run took.")
        for name, state in self._load().items():
            if state.succeeded_at is not None:
                success.add_metric([name], state.succeeded_at.timestamp())
            if state.started_at is not None:
                begun.add_metric([name], state.started_at.timestamp())
            if state.exit_code is not None:
                code.add_metric([name], state.exit_code)
            if state.started_at is not None and state.finished_at is not None and state.finished_at >= state.started_at:
                took.add_metric([name], (state.finished_at - state.started_at).total_seconds())
        yield from (success, begun, code, took)


def registry_of(load: Callable[[], Mapping[str, JobState]]) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(JobFigures(load))
    return registry


def write_textfile(registry: CollectorRegistry, path: Path) -> None:
    """Replace the file as a whole: half a file would be half the figures."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(generate_latest(registry))
        temporary.replace(path)
    except OSError as error:
        raise OpsError(f"Can't write the figures to {path}: {error.strerror}. Give the folder to this user.") from error


@contextmanager
def served(registry: CollectorRegistry, address: str | None) -> Iterator[int | None]:
    """`/metrics` at HOST:PORT as long as the block runs; port 0 takes any, and the port is the block's value."""
    if address is None:
        yield None
        return
    host, separator, port = address.rpartition(":")
    if not separator or not port.isdigit():
        raise ArgumentError(f"{address!r} is no address to listen at; write for example 127.0.0.1:9187.")
    try:
        server, thread = start_http_server(int(port), addr=host, registry=registry)
    except OSError as error:
        raise OpsError(
            f"Can't listen at {address}: {error.strerror}. Choose another port in `metrics.listen`."
        ) from error
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _gauge(name: str, help_text: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"spectron_ops_{name}", help_text, labels=["job"])
