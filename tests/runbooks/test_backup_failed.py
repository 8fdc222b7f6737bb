"""The disk with the repository is away when the daily backup runs."""

from tests.runbooks.conftest import Walking
from tests.runbooks.keeper import Keeper


def test_the_job_works_again_when_the_disk_is_back(keeper: Keeper, walking: Walking) -> None:
    keeper.repository.write_text("a disk that is not mounted")
    assert keeper.ops("schedule", "once", "daily-backup", may_fail=True).returncode == 1
    with walking("backup-failed", **keeper.variables, JOB="daily-backup") as walk:
        walk.follow("How it shows")
        walk.follow("First look")
        keeper.repository.unlink()
        walk.follow("Fix")
        walk.follow("Proof that it is over")
