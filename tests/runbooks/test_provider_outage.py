"""The provider of embeddings and answers is down while a document is on its way."""

from pathlib import Path

from tests.runbooks.conftest import Walking
from tests.runbooks.provider import GOOD_KEY, Provider
from tests.support.deployment import Deployment

CONTEXT = "offline"
CONFIG = {
    "models": {"embedding": "openai/text-embedding-3-small", "response": "openai/gpt-4o-mini"},
    "providers": {"openai": GOOD_KEY},
}


def test_everything_goes_on_when_the_provider_is_back(
    shared: Deployment, provider: Provider, walking: Walking, tmp_path: Path
) -> None:
    (tmp_path / "note.md").write_text("The ferry leaves at nine.")
    provider.down = True
    with shared.admin as admin:
        admin.contexts.create(id=CONTEXT, namespace=CONTEXT, database="prod", config=CONFIG)
        document = admin.contexts(CONTEXT).documents.upload(tmp_path / "note.md").id
        (job,) = (one.id for one in admin.jobs.iterate(context=CONTEXT))
    with walking("provider-outage", SPECTRON_URL=shared.url, SPECTRON_API_KEY=shared.key, CONTEXT=CONTEXT) as walk:
        walk.know(JOB=job, DOCUMENT=document, QUESTION="When does the ferry leave?")
        walk.follow("How it shows")
        walk.follow("First look")
        walk.follow("Fix", 1)
        provider.down = False
        walk.follow("Fix")
        walk.follow("Proof that it is over")
