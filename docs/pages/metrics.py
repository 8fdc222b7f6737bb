"""What can be scraped."""

from collections.abc import Iterable

from prometheus_client.core import Metric

from docs.pages.table import code, table
from ops.schedule.config import Job
from ops.schedule.metrics import JobFigures
from ops.schedule.state import JobState

INTRODUCTION = """# Metrics

`GET /metrics` of the server, in the text format of Prometheus; it needs no key and names no Context.

"""

OF_THE_JOBS = """
## Of `spectron-ops schedule`

By `metrics:` in its configuration: a file for the node exporter, or an address of its own.

"""


def page(metrics: Iterable[Metric]) -> str:
    jobs = JobFigures(lambda: {"example": JobState()}, {"example": Job(run="backup run --all")}).collect()
    return INTRODUCTION + _table(metrics) + OF_THE_JOBS + _table(jobs)


def _table(metrics: Iterable[Metric]) -> str:
    rows = (
        (code(_name(one)), one.type, one.documentation)
        for one in sorted(metrics, key=lambda one: one.name)
        if one.name.startswith("spectron_")
    )
    return table(("metric", "type", "what it says"), rows)


def _name(metric: Metric) -> str:
    return f"{metric.name}_total" if metric.type == "counter" else metric.name
