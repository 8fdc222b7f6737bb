"""No worker runs, and documents come in."""

from pathlib import Path

from tests.runbooks.cluster import RelayedCluster
from tests.runbooks.conftest import Walking

CONTEXT = "stuck"


def test_a_worker_does_what_has_waited(cluster: RelayedCluster, walking: Walking, tmp_path: Path) -> None:
    (tmp_path / "note.md").write_text("The ferry leaves at nine.")
    with cluster.admin as admin:
        admin.contexts.create(id=CONTEXT, namespace=CONTEXT, database="prod")
        document = admin.contexts(CONTEXT).documents.upload(tmp_path / "note.md").id
    with walking("ingestion-stuck", **cluster.variables, CONTEXT=CONTEXT, DOCUMENT=document) as walk:
        assert "spectron_jobs_queued 0.0" not in walk.follow("How it shows")
        walk.follow("First look")
        walk.follow("Fix")
        walk.follow("Proof that it is over")
