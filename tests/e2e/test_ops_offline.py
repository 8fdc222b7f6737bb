"""Backups from the databases themselves, while no Spectron server runs."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.operator import OPS, Operator
from tests.e2e.test_ops_restore import fill
from tests.support.cluster import bootstrap
from tests.support.database_server import PASSWORD, USERNAME, DatabaseServer
from tests.support.deployment import BIN, Deployment
from tests.support.processes import Process

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


def ops(folder: Path, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [OPS, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
        env={
            "PATH": str(Path(sys.executable).parent),
            "HOME": str(folder),
            "SPECTRON_BACKUP_REPOSITORY": str(folder / "backups"),
        }
        | environment,
    )


def test_a_set_straight_from_a_database_server_is_a_set_as_any_other(tmp_path: Path) -> None:
    database = DatabaseServer(tmp_path)
    remote = {
        "SPECTRON_DATABASE_URL": database.url,
        "SPECTRON_DATABASE_USERNAME": USERNAME,
        "SPECTRON_DATABASE_PASSWORD": PASSWORD,
        "SPECTRON_DATA_DIR": str(tmp_path / "data"),
    }
    try:
        digests = filled(tmp_path, remote)
        made = ops(
            tmp_path, "backup", "run", "--all", "--surreal", database.url, "--user", USERNAME,
            "--allow-empty", "empty", "--json", SPECTRON_DATABASE_PASSWORD=PASSWORD,
        )  # fmt: skip
        assert made.returncode == 0, made.stdout + made.stderr
        named = ops(
            tmp_path, "backup", "run", "--namespace", "acme", "--surreal", database.url, "--dry-run", "--json",
            SPECTRON_DATABASE_PASSWORD=PASSWORD,
        )  # fmt: skip
        assert [one["id"] for one in json.loads(named.stdout)["contexts"]] == ["acme"]
        refused = ops(
            tmp_path, "backup", "run", "--all", "--surreal", database.url, "--json", SPECTRON_DATABASE_PASSWORD="wrong"
        )
        assert refused.returncode == 1
        assert PASSWORD not in refused.stdout + refused.stderr
    finally:
        database.kill()
    manifest = json.loads(made.stdout)
    assert {dump["context"] for dump in manifest["contexts"]} == {"acme", "empty"}
    assert manifest["objects"]["count"] == 1
    [acme] = [dump for dump in manifest["contexts"] if dump["context"] == "acme"]
    assert acme["header"]["engine"] == "remote"
    told = {name: sums for name, sums in acme["trailer"]["tables"].items() if name != "decision_trace"}
    assert told == {name: sums for name, sums in digests.items() if name != "decision_trace"}
    assert ops(tmp_path, "backup", "verify", manifest["id"]).returncode == 0
    key = str(tmp_path / "data" / "master.key")
    target = tmp_path / "restored"
    restored = ops(tmp_path, "restore", "run", manifest["id"], "--fresh", str(target), "--master-key", key)
    assert restored.returncode == 0, restored.stderr
    drilled = ops(tmp_path, "drill", "run", manifest["id"], "--master-key", key)
    assert drilled.returncode == 0, drilled.stdout + drilled.stderr


def filled(folder: Path, remote: dict[str, str]) -> dict[str, Any]:
    """Let a server on that database be used, and end; the digests of what it has written."""
    data = folder / "data"
    with (
        Process([str(BIN / "spectrond"), "worker", "start"], folder / "worker.log", environment=remote) as worker,
        Process(
            [str(BIN / "spectrond"), "api", "start", "--bind", "127.0.0.1:0"], folder / "api.log", environment=remote
        ) as api,
    ):
        url = api.wait_for(r"listens on (http://\S+)").group(1)
        worker.wait_for("works")
        data.mkdir(exist_ok=True)
        (data / "management.key").write_text(bootstrap(remote))
        server = Deployment(data, folder)
        server.url = url
        with server.admin as admin:
            fill(admin, folder)
            digests = admin.contexts("acme").digest().tables
        worker.stop()
        api.stop()
    return digests


def test_a_stopped_deployment_is_saved_and_a_running_one_is_not(tmp_path: Path) -> None:
    with Deployment(tmp_path / "data", tmp_path) as running:
        with running.admin as admin:
            fill(admin, tmp_path)
        refused = ops(tmp_path, "backup", "run", "--all", "--data-dir", str(running.data_dir))
        assert refused.returncode == 1
        assert "works on it" in refused.stderr
        assert not list((tmp_path / "backups").glob("sets/*/manifest.json"))
        online = Operator(running, tmp_path)
        assert online.run("backup", "run", "acme").returncode == 0
        running.stop()
    made = ops(tmp_path, "backup", "run", "acme", "--data-dir", str(tmp_path / "data"), "--json")
    assert made.returncode == 0, made.stdout + made.stderr
    before = json.loads(ops(tmp_path, "backup", "show", json.loads(online_set(tmp_path))["id"], "--json").stdout)
    after = json.loads(made.stdout)
    assert [one["trailer"]["tables"]["turn"] for one in before["contexts"]] == [
        one["trailer"]["tables"]["turn"] for one in after["contexts"]
    ]
    beside = ops(tmp_path, "backup", "run", "acme", "--data-dir", str(tmp_path / "data"), "--with-objects")
    assert beside.returncode == 2
    assert ops(tmp_path, "backup", "run", "acme", "--data-dir", str(tmp_path / "nothing")).returncode == 2


def online_set(folder: Path) -> str:
    """The manifest of the first set."""
    return min((folder / "backups" / "sets").glob("*/manifest.json")).read_text()
