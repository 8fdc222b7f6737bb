"""How `spectrond` starts, stops, and says what is wrong."""

import base64
import signal
import stat
import subprocess
from pathlib import Path

import httpx
import pytest

from tests.support.deployment import BIN, Deployment
from tests.support.processes import Process


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(deployment: Deployment, number: signal.Signals) -> None:
    with deployment.admin as admin:
        admin.contexts.create(id="acme", namespace="acme", database="prod")
    assert deployment.stop(number) == 0
    deployment.start()
    with deployment.admin as admin:
        assert [context.id for context in admin.contexts.iterate()] == ["acme"]
        assert admin.ready().status == "ready"


def test_secrets_are_private_and_survive_a_restart(deployment: Deployment) -> None:
    key = deployment.key
    for name in ("management.key", "master.key"):
        assert stat.S_IMODE((deployment.data_dir / name).stat().st_mode) == 0o600
    deployment.stop()
    deployment.start()
    assert deployment.key == key
    with deployment.admin as admin:
        assert list(admin.contexts.list()) == []


def test_a_management_key_that_was_moved_away_is_not_replaced(deployment: Deployment) -> None:
    (deployment.data_dir / "management.key").unlink()
    deployment.stop()
    deployment.start()
    assert not (deployment.data_dir / "management.key").exists()


def test_without_its_master_key_nothing_starts_and_nothing_is_made(deployment: Deployment, tmp_path: Path) -> None:
    deployment.stop()
    file = deployment.data_dir / "master.key"
    own = file.read_text()
    file.unlink()
    arguments = ("dev", "start", "--data-dir", str(deployment.data_dir), "--bind", "127.0.0.1:0")
    lost = spectrond(*arguments, cwd=tmp_path)
    assert lost.returncode == 1
    assert "is gone" in lost.stderr
    assert "master-key-lost" in lost.stderr
    assert not file.exists()
    file.write_text(base64.b64encode(bytes(32)).decode())
    other = spectrond(*arguments, cwd=tmp_path)
    assert other.returncode == 1
    assert "was made under another master key" in other.stderr
    file.write_text(own)
    deployment.start()
    with deployment.admin as admin:
        assert admin.ready().status == "ready"


def test_a_second_server_on_the_same_data_says_so(deployment: Deployment, tmp_path: Path) -> None:
    second = spectrond("dev", "start", "--data-dir", str(deployment.data_dir), "--bind", "127.0.0.1:0", cwd=tmp_path)
    assert second.returncode == 1
    assert "in use by another process" in second.stderr


def test_a_taken_port_is_said_before_anything_is_opened(deployment: Deployment, tmp_path: Path) -> None:
    bind = deployment.url.removeprefix("http://")
    second = spectrond("dev", "start", "--data-dir", str(tmp_path / "other"), "--bind", bind, cwd=tmp_path)
    assert second.returncode == 1
    assert f"Cannot listen on {bind}" in second.stderr
    assert not (tmp_path / "other" / "store").exists()


def test_bootstrap_prints_the_first_key_once(tmp_path: Path) -> None:
    first = spectrond("bootstrap", "--data-dir", str(tmp_path / "data"), cwd=tmp_path)
    assert first.returncode == 0, first.stderr
    assert first.stdout.startswith("mgmt-")
    again = spectrond("bootstrap", "--data-dir", str(tmp_path / "data"), cwd=tmp_path)
    assert again.returncode == 1
    assert "management key already" in again.stderr
    with Deployment(tmp_path / "data", tmp_path) as running:
        answer = httpx.get(f"{running.url}/api/v1/contexts", headers={"API-KEY": first.stdout.strip()})
        assert answer.json() == {"contexts": [], "next_cursor": None, "has_more": False}


def test_a_management_key_is_replaced(deployment: Deployment, tmp_path: Path) -> None:
    old = deployment.key
    deployment.stop()
    replaced = spectrond("bootstrap", "--replace", "--data-dir", str(deployment.data_dir), cwd=tmp_path)
    assert replaced.returncode == 0, replaced.stderr
    assert (deployment.key, deployment.key == old) == (replaced.stdout.strip(), False)
    deployment.start()
    for key, status in ((old, 401), (deployment.key, 200)):
        assert httpx.get(f"{deployment.url}/api/v1/contexts", headers={"API-KEY": key}).status_code == status


def test_migrate_status_and_apply(tmp_path: Path) -> None:
    data = str(tmp_path / "data")
    before = spectrond("migrate", "status", "--data-dir", data, cwd=tmp_path)
    assert before.returncode == 1
    assert "pending" in before.stdout
    with Deployment(tmp_path / "data", tmp_path) as running, running.admin as admin:
        admin.contexts.create(id="acme", namespace="acme", database="prod")
        running.stop()
    after = spectrond("migrate", "status", "--data-dir", data, cwd=tmp_path)
    assert after.returncode == 0, after.stdout + after.stderr
    assert "acme/prod" in after.stdout
    applied = spectrond("migrate", "apply", "--data-dir", data, cwd=tmp_path)
    assert applied.returncode == 0, applied.stderr
    assert "nothing to do" in applied.stdout


def test_config_check_names_each_source_and_hides_secrets(tmp_path: Path) -> None:
    file = tmp_path / "spectron.yaml"
    file.write_text("log_level: warning\ndatabase_password: hunter2\n")
    done = spectrond("config", "check", "--config", str(file), cwd=tmp_path, environment={"SPECTRON_BIND": "[::1]:1"})
    assert done.returncode == 0
    lines = {line.split()[0]: line.split()[1:] for line in done.stdout.splitlines()}
    assert lines["log_level"] == ["file", "warning"]
    assert lines["bind"] == ["environment", "[::1]:1"]
    assert lines["log_format"] == ["default", "auto"]
    assert "hunter2" not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["api", "start"], 1, "SPECTRON_DATABASE_URL"),
        (["dev", "start", "--bind", "nowhere"], 1, "bind"),
        (["config", "check", "--config", "absent.yaml"], 1, "absent.yaml"),
        (["no-such-command"], 2, "No such command"),
    ],
)
def test_a_wrong_start_says_what_is_wrong(arguments: list[str], code: int, message: str, tmp_path: Path) -> None:
    done = spectrond(*arguments, cwd=tmp_path)
    assert done.returncode == code
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_damaged_store_is_named_with_the_next_step(deployment: Deployment, tmp_path: Path) -> None:
    deployment.stop()
    for manifest in (deployment.data_dir / "store" / "manifest").iterdir():
        manifest.write_bytes(b"rubbish")
    done = spectrond("dev", "start", "--data-dir", str(deployment.data_dir), "--bind", "127.0.0.1:0", cwd=tmp_path)
    assert done.returncode == 1
    assert "cannot be opened" in done.stderr
    assert "backup" in done.stderr


def test_the_api_alone_waits_for_its_database(tmp_path: Path) -> None:
    environment = {"SPECTRON_DATABASE_URL": "ws://127.0.0.1:9", "SPECTRON_DATA_DIR": str(tmp_path)}
    command = [str(BIN / "spectrond"), "api", "start", "--bind", "127.0.0.1:0"]
    with Process(command, tmp_path / "api.log", environment=environment) as process:
        process.wait_for("database.unavailable")
        assert process.running
        assert process.stop() == 0


def spectrond(
    *arguments: str, cwd: Path, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(BIN / "spectrond"), *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=cwd,
        env={"PATH": str(BIN), "HOME": str(cwd), "COLUMNS": "200", "SPECTRON_DATA_DIR": str(cwd / "data")}
        | (environment or {}),
    )
