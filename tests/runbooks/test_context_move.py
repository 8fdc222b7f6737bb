"""A Context goes to a namespace of its own."""

from tests.runbooks.conftest import Walking
from tests.runbooks.keeper import QUESTION, Keeper


def test_it_is_all_there_under_its_new_id(keeper: Keeper, walking: Walking) -> None:
    with keeper.deployment.admin as admin:
        admin.contexts(keeper.context).keys.create(name="app")
    with walking("context-move", **keeper.variables, NEW="acme-eu", NAMESPACE="eu", DATABASE="acme") as walk:
        walk.know(QUESTION=QUESTION)
        walk.follow("How it shows")
        walk.follow("First look")
        assert "sk-acme-eu-" in walk.follow("Fix")
        assert "Acme" in walk.follow("Proof that it is over")
