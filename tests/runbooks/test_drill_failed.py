"""A set that lay on a bad disk does not pass its drill; the next one does."""

from tests.runbooks.conftest import Walking
from tests.runbooks.keeper import Keeper


def test_the_next_set_passes(keeper: Keeper, walking: Walking) -> None:
    keeper.save()
    keeper.ops("drill", "run", "latest")
    made = keeper.save()
    dump = keeper.repository / "sets" / made / "contexts" / "acme.surql.zst"
    dump.write_bytes(dump.read_bytes()[:-40] + bytes(40))
    assert keeper.ops("drill", "run", "latest", may_fail=True).returncode == 1
    with walking("drill-failed", **keeper.variables, SET=made) as walk:
        walk.follow("How it shows")
        walk.follow("First look")
        walk.follow("Fix")
        walk.follow("Proof that it is over")
