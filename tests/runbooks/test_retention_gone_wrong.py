"""What a year-old Context knows of people was to live for ever, and a slip made that a day."""

from datetime import UTC, datetime
from pathlib import Path

from tests.runbooks.conftest import Walking
from tests.runbooks.keeper import CONTEXT, FACT, QUESTION, SCOPE, Keeper
from tests.support.app import MASTER_KEY, running
from tests.support.clock import FakeClock
from tests.support.deployment import Deployment

WRONG = [{"scope": SCOPE, "memory_category": category, "ttl": "1d"} for category in ("identity", "knowledge")]
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)


async def lived_before(folder: Path) -> None:
    """The data folder of a deployment in which something was said long ago."""
    async with running(folder, clock=FakeClock(LONG_AGO), database_url="embedded") as app:
        await app.context(CONTEXT)
        said = await app.http.post(f"/api/v1/{CONTEXT}/facts", json={"text": FACT, "scope": SCOPE})
        assert said.status_code == 200, said.text
        (folder / "management.key").write_text(app.key)
        (folder / "master.key").write_text(MASTER_KEY)


async def test_the_right_policies_are_back_and_so_is_what_was_deleted(tmp_path: Path, walking: Walking) -> None:
    await lived_before(tmp_path / "data")
    right = tmp_path / "policies.yaml"
    right.write_text("retention: []\n")
    with Deployment(tmp_path / "data", tmp_path) as deployment:
        keeper = Keeper(deployment, tmp_path, CONTEXT)
        made = keeper.save()
        with deployment.admin as admin:
            admin.contexts(CONTEXT).retention.set(WRONG)
            assert admin.lifecycle.expire(contexts=[CONTEXT]).deleted_count
        with walking("retention-gone-wrong", **keeper.variables, SET=made, POLICIES=str(right)) as walk:
            walk.know(RESTORED="acme-restored", QUESTION=QUESTION, SCOPE="user=maria")
            walk.follow("How it shows")
            walk.follow("First look")
            walk.follow("Fix")
            assert "Acme" in walk.follow("Proof that it is over")
