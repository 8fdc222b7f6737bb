"""Forty documents for a worker that does one at a time."""

from pathlib import Path

from tests.runbooks.cluster import RelayedCluster
from tests.runbooks.conftest import Walking

CONTEXT = "busy"
DOCUMENTS = 40


def test_another_worker_makes_the_queue_shorter(cluster: RelayedCluster, walking: Walking, tmp_path: Path) -> None:
    with cluster.admin as admin:
        admin.contexts.create(id=CONTEXT, namespace=CONTEXT, database="prod")
        for number in range(DOCUMENTS):
            (tmp_path / f"{number}.md").write_text(f"Ferry {number} leaves at nine. " * 200)
            admin.contexts(CONTEXT).documents.upload(tmp_path / f"{number}.md")
        jobs = list(admin.jobs.iterate(context=CONTEXT))
        # Another page on this deployment may have left something that nobody has worked off.
        waiting = len(list(admin.jobs.iterate(state="queued")))
    assert len(jobs) == DOCUMENTS
    with walking("queue-growing", **cluster.variables, JOB=jobs[0].id) as walk:
        assert f"spectron_jobs_queued {waiting}.0" in walk.follow("How it shows")
        walk.follow("First look")
        worker = cluster.start("worker", SPECTRON_WORKER_CONCURRENCY="1")
        walk.follow("Fix")
        walk.follow("Proof that it is over")
        assert worker.stop() == 0
