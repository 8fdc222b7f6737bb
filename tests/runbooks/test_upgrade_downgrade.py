"""A version with one migration more is installed, and taken away again."""

from pathlib import Path

from tests.runbooks.conftest import Walking
from tests.runbooks.keeper import QUESTION, Keeper
from tests.runbooks.versions import with_one_more

NEWER = "DEFINE FIELD mood ON turn TYPE option<string>;\n"


def test_forth_and_back(keeper: Keeper, walking: Walking, tmp_path: Path) -> None:
    newer = with_one_more(tmp_path / "newer", NEWER)
    keeper.save()
    data, bind = str(keeper.deployment.data_dir), keeper.deployment.url.removeprefix("http://")
    with walking("upgrade-downgrade", **keeper.variables, DATA=data, BIND=bind, QUESTION=QUESTION) as walk:
        walk.follow("How it shows")
        walk.follow("First look")
        walk.follow("Fix", 1)
        keeper.deployment.stop()
        walk.know(PYTHONPATH=newer)
        walk.follow("Fix", 3)
        walk.services[-1].stop()
        walk.know(PYTHONPATH="")
        walk.follow("Fix")
        assert "Acme" in walk.follow("Proof that it is over")
