"""The way to the database has become slow."""

from tests.runbooks.cluster import RelayedCluster
from tests.runbooks.conftest import Walking

CONTEXT = "slow"
QUESTION = "Where does Maria work?"


def test_the_slow_part_is_found(cluster: RelayedCluster, walking: Walking) -> None:
    with cluster.admin as admin:
        admin.contexts.create(id=CONTEXT, namespace=CONTEXT, database="prod")
        slow = admin.contexts(CONTEXT)
        slow.memory.remember("Maria Silva works at Acme as CTO.")
        cluster.slow_database(0.1)
        slow.memory.recall(QUESTION)
        trace = next(iter(slow.traces.iterate())).id
    with walking("high-latency", **cluster.variables, CONTEXT=CONTEXT, TRACE=trace) as walk:
        walk.know(MILLISECONDS="100", PER_MINUTE="600", QUESTION=QUESTION)
        walk.follow("How it shows")
        walk.follow("First look")
        cluster.slow_database(0.0)
        walk.follow("Fix")
        walk.follow("Proof that it is over")
