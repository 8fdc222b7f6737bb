"""What Prometheus is told of the jobs, by a file for the node exporter or over HTTP."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest, start_http_server
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from ops.errors import OpsError
from ops.schedule.config import Job
from ops.schedule.state import JobState
from spectron.errors import ArgumentError


class JobFigures(Collector):
    """Reads the state whenever it is asked; what has never succeeded did so in 1970, so that its age is an alarm."""

    def __init__(self, load: Callable[[], Mapping[str, JobState]], jobs: Mapping[str, Job]) -> None:
        self._load = load
        self._jobs = jobs

    def collect(self) -> Iterator[Metric]:
        success = _gauge("last_success_timestamp_seconds", "When the job last went well.")
        begun = _gauge("last_start_timestamp_seconds", "When the job was last started.")
        code = _gauge("last_exit_code", "How the job last ended.")
        took = _gauge("last_duration_seconds", "How long the last run took.")
        lost = _gauge("undelivered_messages", "How many messages about the last run reached nobody.")
        newest = GaugeMetricFamily(
            "spectron_ops_newest_success_timestamp_seconds",
            "When any job last saved, verified or drilled a backup well; 0 for never.",
            labels=["kind"],
        )
        states = self._load()
        for kind, moment in self._newest(states).items():
            newest.add_metric([kind], moment)
        for name, state in states.items():
            lost.add_metric([name], len(state.undelivered))
            if state.succeeded_at is not None:
                success.add_metric([name], state.succeeded_at.timestamp())
            if state.started_at is not None:
                begun.add_metric([name], state.started_at.timestamp())
            if state.exit_code is not None:
                code.add_metric([name], state.exit_code)
            if state.started_at is not None and state.finished_at is not None and state.finished_at >= state.started_at:
                took.add_metric([name], (state.finished_at - state.started_at).total_seconds())
        yield from (newest, success, begun, code, took, lost)

    def _newest(self, states: Mapping[str, JobState]) -> dict[str, float]:
        found: dict[str, float] = {}
        for name, job in self._jobs.items():
            at = states.get(name, JobState()).succeeded_at
            if job.kind is not None:
                found[job.kind] = max(found.get(job.kind, 0.0), at.timestamp() if at else 0.0)
        return found


def registry_of(load: Callable[[], Mapping[str, JobState]], jobs: Mapping[str, Job]) -> CollectorRegistry:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(JobFigures(load, jobs))
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
