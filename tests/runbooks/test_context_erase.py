"""A customer leaves, and one person of theirs has asked before."""

from pathlib import Path

from tests.runbooks.conftest import Walking
from tests.runbooks.keeper import FACT, Keeper


def test_nothing_is_left_of_the_customer(keeper: Keeper, walking: Walking, tmp_path: Path) -> None:
    with keeper.deployment.admin as admin:
        admin.contexts.create(id="other", namespace="other", database="prod")
        admin.contexts("other").memory.remember(FACT)
        key = admin.contexts(keeper.context).keys.create(name="app")
    keeper.save()
    stored = keeper.deployment.data_dir / "objects"
    assert any(one.is_file() for one in stored.rglob("*"))
    file = tmp_path / "handed-over.surql"
    with walking("context-erase", **keeper.variables, KEY=key.id, PLACE="user/maria", FILE=str(file)) as walk:
        walk.follow("How it shows")
        walk.follow("First look")
        walk.follow("Fix", 1)
        assert b"Maria" in file.read_bytes() or file.stat().st_size > 1000
        walk.follow("Fix")
        walk.follow("Proof that it is over")
    assert not any(one.is_file() for one in stored.rglob("*"))
