"""Figures in a file and over HTTP."""

from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from ops.errors import OpsError
from ops.schedule.config import Job
from ops.schedule.metrics import registry_of, served, write_textfile
from ops.schedule.state import JobState

AT = datetime(2026, 11, 21, 4, tzinfo=UTC)
STATES = {
    "daily": JobState(started_at=AT, finished_at=AT.replace(minute=2), succeeded_at=AT.replace(minute=2), exit_code=0),
    "never": JobState(),
}
JOBS = {
    "daily": Job(run="backup run --all"),
    "weekly": Job(run="backup run --all --with-objects"),
    "drill": Job(run="drill run"),
    "prune": Job(run="backup prune --apply"),
}


def test_a_file_for_the_node_exporter(tmp_path: Path) -> None:
    file = tmp_path / "metrics/spectron.prom"
    write_textfile(registry_of(lambda: STATES, JOBS), file)
    text = file.read_text()
    assert 'spectron_ops_last_duration_seconds{job="daily"} 120.0' in text
    assert 'spectron_ops_last_exit_code{job="daily"} 0.0' in text
    newest = {
        line.split('"')[1]: float(line.split()[-1])
        for line in text.splitlines()
        if "newest_success" in line and "{" in line
    }
    assert newest == {"backup": AT.replace(minute=2).timestamp(), "drill": 0}
    assert 'undelivered_messages{job="daily"} 0.0' in text
    assert 'exit_code{job="never"}' not in text
    assert [one.name for one in file.parent.iterdir()] == ["spectron.prom"]


def test_over_http() -> None:
    with served(registry_of(lambda: STATES, JOBS), "127.0.0.1:0") as port:
        text = httpx.get(f"http://127.0.0.1:{port}/metrics").text
        assert 'spectron_ops_last_exit_code{job="daily"} 0.0' in text
        with pytest.raises(OpsError, match="Choose another port"), served(registry_of(dict, JOBS), f"127.0.0.1:{port}"):
            pass
