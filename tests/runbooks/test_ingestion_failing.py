"""One Context has a provider's wrong key, and a file that was cut off."""

from pathlib import Path

from spectron.models.document import Document
from tests.runbooks.conftest import Walking
from tests.runbooks.provider import GOOD_KEY
from tests.support.deployment import Deployment

CONTEXT = "failing"
CONFIG = {"models": {"embedding": "openai/text-embedding-3-small"}, "providers": {"openai": "sk-wrong"}}


def test_a_context_gets_its_right_key(shared: Deployment, walking: Walking, tmp_path: Path) -> None:
    with shared.admin as admin:
        admin.contexts.create(id=CONTEXT, namespace=CONTEXT, database="prod", config=CONFIG)
        failing = admin.contexts(CONTEXT)

        def failed(name: str, content: str) -> Document:
            (tmp_path / name).write_text(content)
            return failing.documents.wait(failing.documents.upload(tmp_path / name).id)

        document, broken = failed("note.md", "The ferry leaves at nine."), failed("cut.pdf", "%PDF-1.4 cut")
        assert (document.status, broken.status) == ("failed", "failed")
        (job,) = (one.id for one in admin.jobs.iterate(context=CONTEXT) if one.subject == document.id)
    with walking("ingestion-failing", SPECTRON_URL=shared.url, SPECTRON_API_KEY=shared.key, CONTEXT=CONTEXT) as walk:
        walk.know(JOB=job, DOCUMENT=document.id, BROKEN=broken.id, PROVIDER="openai", PROVIDER_KEY=GOOD_KEY)
        walk.follow("How it shows")
        assert "401" in walk.follow("First look")
        walk.follow("Fix")
        walk.follow("Proof that it is over")
