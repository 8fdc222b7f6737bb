"""The machine is gone; all that is left is the repository and the master key."""

import shutil
from pathlib import Path

from tests.runbooks.conftest import Walking
from tests.runbooks.keeper import QUESTION, Keeper


def test_an_empty_machine_serves_again(keeper: Keeper, walking: Walking, tmp_path: Path) -> None:
    variables = {
        **keeper.variables,
        "SET": keeper.save(),
        "DATA": str(tmp_path / "new machine" / "data").replace(" ", "-"),
        "MASTER_KEY": str(shutil.copy(keeper.deployment.data_dir / "master.key", tmp_path / "safe.key")),
        "BIND": keeper.deployment.url.removeprefix("http://"),
        "QUESTION": QUESTION,
    }
    keeper.deployment.kill()
    shutil.rmtree(keeper.deployment.data_dir)
    with walking("full-disaster", **variables) as walk:
        walk.follow("How it shows")
        walk.follow("First look")
        walk.follow("Fix")
        assert "Acme" in walk.follow("Proof that it is over")
