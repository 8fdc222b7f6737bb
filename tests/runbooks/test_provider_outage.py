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
    for name in ("note.md", "other.md"):
        (tmp_path / name).write_text(f"The ferry of {name} leaves at nine.")
    provider.down = True
    with shared.admin as admin:
        admin.contexts.create(id=CONTEXT, namespace=CONTEXT, database="prod", config=CONFIG)
        document = admin.contexts(CONTEXT).documents.upload(tmp_path / "note.md").id
        admin.contexts(CONTEXT).documents.upload(tmp_path / "other.md")
        dead, job = (one.id for one in admin.jobs.iterate(context=CONTEXT))
        admin.jobs.cancel(dead)
    with walking("provider-outage", SPECTRON_URL=shared.url, SPECTRON_API_KEY=shared.key, CONTEXT=CONTEXT) as walk:
        walk.know(JOB=job, DEAD=dead, DOCUMENT=document)
        walk.follow("How it shows")
        walk.follow("First look")
        walk.follow("Fix", 1)
        provider.down = False
        walk.follow("Fix")
        walk.follow("Proof that it is over")
