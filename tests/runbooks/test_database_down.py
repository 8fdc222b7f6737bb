"""The database's process is killed under a server that has documents on their way."""

from tests.runbooks.cluster import RelayedCluster
from tests.runbooks.conftest import Walking


def test_the_server_goes_on_when_the_database_does(cluster: RelayedCluster, walking: Walking) -> None:
    with cluster.admin as admin:
        admin.contexts.create(id="acme", namespace="acme", database="prod")
        admin.contexts("acme").memory.remember("Maria Silva works at Acme as CTO.", scope={"user": "maria"})
    with walking("database-down", **cluster.variables, CONTEXT="acme") as walk:
        cluster.database.kill()
        walk.follow("How it shows")
        walk.follow("First look")
        cluster.database.restart()
        walk.follow("Fix")
        assert "Acme" in walk.follow("Proof that it is over")
