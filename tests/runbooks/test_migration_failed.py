"""A new version wants names to be unique, and in one Context they are not."""

from pathlib import Path

from tests.runbooks.conftest import Walking
from tests.runbooks.keeper import Keeper
from tests.runbooks.versions import with_one_more

NEWER = "DEFINE INDEX one_name ON entity FIELDS name UNIQUE;\n"


def test_the_context_is_repaired_under_the_version_before(keeper: Keeper, walking: Walking, tmp_path: Path) -> None:
    newer = with_one_more(tmp_path / "newer", NEWER)
    with keeper.deployment.admin as admin:
        admin.contexts.create(id="other", namespace="other", database="prod")
        admin.contexts(keeper.context).memory.remember("Maria Silva likes tea.", scope={"user": "max"})
    data, bind = str(keeper.deployment.data_dir), keeper.deployment.url.removeprefix("http://")
    variables = {**keeper.variables, "DATA": data, "BIND": bind, "PYTHONPATH": newer}
    keeper.deployment.stop()
    keeper.deployment.start(int(bind.rpartition(":")[2]), PYTHONPATH=newer)
    with walking("migration-failed", **variables) as walk:
        walk.follow("How it shows")
        assert "one_name" in walk.follow("First look", 1)
        keeper.deployment.stop()
        walk.follow("First look")
        walk.know(PYTHONPATH="", SCOPE="user=max")
        walk.follow("Fix", 1)
        walk.know(ENTITY="Person/Maria Silva")
        walk.follow("Fix", 1)
        walk.services[-1].stop()
        walk.know(PYTHONPATH=newer)
        walk.follow("Fix")
        walk.follow("Proof that it is over")
