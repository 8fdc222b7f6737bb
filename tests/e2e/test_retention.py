"""Retention as an operator meets it: from a file of policies to a sweep, and a scheduler beside a remote database."""

import os
import uuid
from pathlib import Path

import pytest
import yaml

from tests.support.database_server import PASSWORD, USERNAME, DatabaseServer
from tests.support.deployment import BIN, Deployment
from tests.support.processes import Process

POLICIES = [{"scope": {"org": "acme"}, "memory_category": "context", "ttl": "90d"}]


@pytest.fixture
def context(shared: Deployment) -> str:
    name = f"c-{uuid.uuid4().hex[:12]}"
    with shared.admin as admin:
        admin.contexts.create(id=name, namespace=name, database="prod")
    return name


def test_policies_from_a_file(shared: Deployment, context: str, tmp_path: Path) -> None:
    file = tmp_path / "policies.yaml"
    file.write_text(yaml.safe_dump({"retention": POLICIES}))
    for verb in ("preview", "diff"):
        done = shared.ctl("retention", verb, str(file), "--context", context)
        assert done.returncode == 0, done.stderr
    assert shared.ctl_json("retention", "set", str(file), "--context", context)["policies"] == [
        {**POLICIES[0], "source": "api", "in_force": True}
    ]
    assert "no difference" in shared.ctl("retention", "diff", str(file), "--context", context).stderr
    assert "org=acme" in shared.ctl("retention", "show", "--context", context).stdout
    file.write_text(yaml.safe_dump([POLICIES[0] | {"ttl": "5h"}]))
    refused = shared.ctl("retention", "set", str(file), "--context", context, "--yes")
    assert refused.returncode == 1
    assert "policies[0].ttl is '5h'" in refused.stderr


def test_sweeps_and_decay_by_hand(shared: Deployment, context: str) -> None:
    assert shared.ctl_json("lifecycle", "expire", "--dry-run", context)["deleted_count"] == 0
    swept = shared.ctl_json("lifecycle", "expire")
    assert context in [one["id"] for one in swept["contexts"]]
    assert swept["id"] in [one["id"] for one in shared.ctl_json("lifecycle", "sweeps", "--limit", "5")["sweeps"]]
    assert shared.ctl_json("lifecycle", "decay", context)["affected"] == 0


def test_a_wrong_policy_in_the_servers_file_is_named_at_the_start(tmp_path: Path) -> None:
    file = tmp_path / "spectron.yaml"
    file.write_text(yaml.safe_dump({"retention": [POLICIES[0], POLICIES[0]], "data_dir": str(tmp_path)}))
    with Process([str(BIN / "spectrond"), "dev", "start", "--config", str(file)], tmp_path / "log") as process:
        assert process.wait() == 1
        assert "retention[1] is a duplicate of retention[0]" in process.output


def test_a_scheduler_of_its_own_needs_a_database_server(tmp_path: Path) -> None:
    environment = {"SPECTRON_DATA_DIR": str(tmp_path), "PATH": os.environ["PATH"]}
    with Process([str(BIN / "spectrond"), "scheduler", "start"], tmp_path / "log", environment=environment) as process:
        assert process.wait() == 1
        assert "SPECTRON_DATABASE_URL" in process.output


def test_a_scheduler_runs_beside_a_database_server(tmp_path: Path) -> None:
    database = DatabaseServer(tmp_path)
    environment = {
        "SPECTRON_DATA_DIR": str(tmp_path / "data"),
        "SPECTRON_DATABASE_URL": database.url,
        "SPECTRON_DATABASE_USERNAME": USERNAME,
        "SPECTRON_DATABASE_PASSWORD": PASSWORD,
    }
    command = [str(BIN / "spectrond"), "scheduler", "start"]
    try:
        with Process(command, tmp_path / "scheduler.log", environment=environment) as process:
            process.wait_for("schedules")
            assert process.stop() == 0
    finally:
        database.kill()
