"""What is configured, and how it arrives."""

from pathlib import Path

import pytest

from server.core.errors import SpectronError
from server.settings import load

FILE = """
retention:
  - scope: {org: acme}
    memory_category: context
    ttl: 90d
  - scope: {org: acme, agent: support}
    memory_category: unknowns
    ttl: 1y
sweep_interval: 15m
"""


def test_policies_stand_in_the_configuration_file(tmp_path: Path) -> None:
    file = tmp_path / "spectron.yaml"
    file.write_text(FILE)
    loaded = load({}, file=file)
    assert [policy["ttl"] for policy in loaded.settings.retention] == ["90d", "1y"]
    assert loaded.settings.sweep_interval == "15m"
    shown = loaded.redacted()
    assert shown["retention"] == {"value": loaded.settings.retention, "source": "file"}
    assert shown["expired_grace"] == {"value": "30d", "source": "default"}


def test_the_environment_writes_them_as_yaml() -> None:
    written = "[{scope: {org: acme}, memory_category: context, ttl: 1w}]"
    settings = load({"SPECTRON_RETENTION": written, "SPECTRON_EXPIRED_GRACE": "0d"}).settings
    assert settings.retention == [{"scope": {"org": "acme"}, "memory_category": "context", "ttl": "1w"}]
    assert settings.expired_grace == "0d"


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("RETENTION", "[{scope: {}, memory_category: context, ttl: 5h}]", r"retention\[0\].ttl is '5h'"),
        ("RETENTION", "[{scope: {}, memory_category: moods, ttl: 5d}]", r"retention\[0\].memory_category"),
        ("RETENTION", "{scope: {}}", "retention"),
        ("SWEEP_INTERVAL", "0h", "sweep_interval"),
        ("SWEEP_INTERVAL", "often", "sweep_interval is 'often'"),
        ("EXPIRED_GRACE", "-1d", "expired_grace is '-1d'"),
        ("TRACE_RETENTION", "1h", "trace_retention is 1h; it must be from 1d to 100y"),
        ("JOB_RETENTION", "0d", "job_retention is 0d"),
    ],
)
def test_what_is_wrong_is_named(name: str, text: str, reason: str) -> None:
    with pytest.raises(SpectronError, match=reason):
        load({f"SPECTRON_{name}": text})
