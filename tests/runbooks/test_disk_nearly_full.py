"""Originals on a disk of four megabytes, and an upload that does not fit any more."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from spectron import SpectronManagement
from tests.runbooks.conftest import Walking
from tests.support.deployment import BIN
from tests.support.processes import Process

MIB = 1024 * 1024
CONTEXT = "full"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Process]:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = f'mount -t tmpfs -o size=4m tmpfs {disk} && exec "$0" "$@"'
    wrapper = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mount)
    if subprocess.run([*wrapper, "true"], check=False, capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount a small disk")
    command = [*wrapper, str(BIN / "spectrond"), "dev", "start", "--data-dir", str(tmp_path / "data")]
    environment = {"SPECTRON_OBJECT_STORE": disk.as_uri(), "SPECTRON_BIND": "127.0.0.1:0"}
    with Process(command, tmp_path / "log", environment=environment) as process:
        yield process


def test_there_is_room_again(server: Process, walking: Walking, tmp_path: Path) -> None:
    url = server.wait_for(r"listens on (http://\S+)").group(1)
    key = (tmp_path / "data" / "management.key").read_text().strip()
    (tmp_path / "large.bin").write_bytes(bytes(3 * MIB))
    (tmp_path / "next.bin").write_bytes(bytes(3 * MIB // 2) + b"\x01")
    with SpectronManagement(url, key) as admin:
        admin.contexts.create(id=CONTEXT, namespace=CONTEXT, database="prod")
        large = admin.contexts(CONTEXT).documents.upload(tmp_path / "large.bin").id
        admin.contexts(CONTEXT).documents.wait(large)
    backup = (str(BIN / "spectron-ops"), "backup", "run", "--all", "--to", str(tmp_path / "backups"))
    environment = {"HOME": str(tmp_path), "SPECTRON_URL": url, "SPECTRON_API_KEY": key}
    subprocess.run(backup, check=True, capture_output=True, env=environment)
    with walking("disk-nearly-full", SPECTRON_URL=url, SPECTRON_API_KEY=key, CONTEXT=CONTEXT) as walk:
        walk.know(FILE=str(tmp_path / "next.bin"), DOCUMENT=large)
        walk.know(SPECTRON_BACKUP_REPOSITORY=str(tmp_path / "backups"))
        walk.follow("How it shows")
        walk.follow("First look")
        walk.follow("Fix")
        walk.follow("Proof that it is over")
