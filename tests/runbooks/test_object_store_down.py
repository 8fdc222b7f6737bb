"""The bucket does not answer while a document is on its way."""

from pathlib import Path

import pytest

from spectron.errors import SpectronError
from tests.runbooks.cluster import RelayedCluster
from tests.runbooks.conftest import Walking

CONTEXT = "stored"


def test_documents_go_on_when_the_bucket_does(cluster: RelayedCluster, walking: Walking, tmp_path: Path) -> None:
    (tmp_path / "note.md").write_text("The ferry leaves at nine.")
    with cluster.admin as admin:
        admin.contexts.create(id=CONTEXT, namespace=CONTEXT, database="prod")
        stored = admin.contexts(CONTEXT).documents
        document = stored.upload(tmp_path / "note.md").id
        (job,) = (one.id for one in admin.jobs.iterate(context=CONTEXT))
        admin.jobs.cancel(job)
        cluster.to_bucket.cut()
        with pytest.raises(SpectronError):
            stored.download(document, tmp_path / "copy")
    with walking("object-store-down", **cluster.variables, CONTEXT=CONTEXT, JOB=job) as walk:
        walk.follow("How it shows")
        walk.follow("First look")
        cluster.to_bucket.mend()
        walk.follow("Fix")
        walk.follow("Proof that it is over")
