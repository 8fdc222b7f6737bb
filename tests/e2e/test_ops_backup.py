"""Backups that are killed: no half set is ever seen, and the next run needs no help."""

import os
import random
import signal
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ops.repository.directory import DirectoryStorage
from ops.repository.location import FolderLocation
from ops.repository.sets import Repository
from tests.ops.deployment import Deployment, serving
from tests.support.processes import Process

BIN = Path(sys.executable).parent
ORIGINALS = (60_000, 9_000)
ROUNDS = int(os.environ.get("SPECTRON_ROUNDS", "5"))


@pytest.fixture
def saved() -> Iterator[Deployment]:
    with serving() as deployment:
        for number in range(3):
            deployment.fill(f"c{number}", 500)
        yield deployment


def test_killed_at_any_byte(saved: Deployment, tmp_path: Path) -> None:
    chance = random.Random()
    storage = DirectoryStorage(FolderLocation(tmp_path / "backups"))
    repository = Repository(storage, lambda: datetime.now(UTC))
    arguments = [str(BIN / "spectron-ops"), "backup", "run", "--all", "--with-objects", "--to", str(storage)]
    environment = {"SPECTRON_URL": saved.url, "SPECTRON_API_KEY": "mgmt-a-b", "HOME": str(tmp_path)}

    def run(kill_after: int | None) -> int:
        running: list[Process] = []
        left = kill_after

        def count(size: int) -> None:
            nonlocal left
            if left is not None:
                left -= size
                if left <= 0 and running:
                    running[0].kill()

        saved.on_bytes = count
        with Process(arguments, tmp_path / "run.log", environment=environment) as process:
            running.append(process)
            return process.wait()

    total = sum(map(len, saved.contexts.values())) + len(saved.control) + sum(ORIGINALS)
    for made in range(ROUNDS):
        # Originals that an earlier set has are not copied again, and nothing would be killed there.
        saved.documents["c1"] = {f"d{number}": os.urandom(size) for number, size in enumerate(ORIGINALS)}
        assert run(chance.randrange(1, total)) == -signal.SIGKILL
        listing = repository.listing()
        assert (len(listing.sets), listing.damaged) == (made, {}), (tmp_path / "run.log").read_text()

        assert run(None) == 0, (tmp_path / "run.log").read_text()
        listing = repository.listing()
        assert (len(listing.sets), listing.damaged, listing.unfinished) == (made + 1, {}, ())
        assert listing.sets[0].good
        assert [*(tmp_path / "backups/.unfinished").iterdir()] == []
