"""A person was erased for good, and comes back from the last set."""

from tests.runbooks.conftest import Walking
from tests.runbooks.keeper import FACT, QUESTION, SCOPE, Keeper


def test_what_was_erased_comes_back_from_a_backup(keeper: Keeper, walking: Walking) -> None:
    made = keeper.save()
    with keeper.deployment.admin as admin:
        admin.contexts(keeper.context).entities.delete("Person", "Maria Silva", scope=SCOPE, hard=True)
    with walking("deleted-hard", **keeper.variables) as walk:
        walk.know(SET=made, RESTORED="acme-restored", QUESTION=QUESTION, SCOPE="user=maria", FACT=FACT)
        walk.follow("How it shows")
        walk.follow("First look")
        assert "Acme" in walk.follow("Fix", 3)
        with keeper.deployment.admin as admin:
            admin.contexts.delete(keeper.context)
        walk.follow("Fix")
        assert "Acme" in walk.follow("Proof that it is over")
