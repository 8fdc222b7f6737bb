"""Drills of deployments that are well, and busy: what was under way when the set was made is no damage."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ops.backup.inventory import Entry, entries
from ops.repository.directory import DirectoryStorage
from ops.repository.encryption import Recipients
from ops.repository.location import FolderLocation
from ops.repository.names import inventory
from ops.repository.sets import Repository
from ops.repository.storage import Storage
from spectron.sync.context import ContextHandle
from tests.e2e.operator import Operator
from tests.runbooks.provider import GOOD_KEY, Provider
from tests.support.deployment import Deployment

NOTE = "# Harbour\n\nThe ferry to Almada leaves at nine.\n"


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with Provider() as running:
        yield running


@pytest.fixture(scope="module")
def operator(provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operator]:
    """A deployment with a Context whose vectors come from a provider, and one whose own model makes them."""
    folder = tmp_path_factory.mktemp("drill")
    with Deployment(folder / "data", folder, environment=provider.settings) as running:
        with running.admin as admin:
            config = {"models": {"embedding": "openai/text-embedding-3-small"}, "providers": {"openai": GOOD_KEY}}
            admin.contexts.create(id="bought", namespace="bought", database="prod", config=config)
            admin.contexts.create(id="own", namespace="own", database="prod")
            for name in ("bought", "own"):
                fill(admin.contexts(name), folder)
        yield Operator(running, folder)


def fill(context: ContextHandle, folder: Path) -> None:
    session = context.sessions.create()
    for text in ("Maria moved from Lisbon to Porto.", "Tomás leads the payments team.", "yes"):
        context.sessions.add_turn(session.id, role="user", content=text)
    context.memory.chat("Where does Maria live now?", session_id=session.id)
    context.documents.wait(upload(context, folder / "note.md", NOTE))


def upload(context: ContextHandle, file: Path, text: str) -> str:
    file.write_text(text)
    return context.documents.upload(file).id


def drilled(operator: Operator, set_id: str, *, master_key: bool) -> dict[str, Any]:
    key = ["--master-key", str(operator.deployment.data_dir / "master.key")] if master_key else []
    done = operator.run("drill", "run", set_id, *key, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(done.stdout)
    return {check["name"]: check["detail"] for check in report["checks"]}


@pytest.mark.parametrize("whole", [True, False], ids=["with control plane and originals", "Contexts alone"])
def test_a_busy_deployment_passes_and_asks_no_provider(operator: Operator, provider: Provider, *, whole: bool) -> None:
    """A document waits for its provider, which is down; the drill finds that it was under way, and does not go on."""
    provider.down = True
    with operator.deployment.admin as admin:
        waiting = upload(admin.contexts("bought"), operator.folder / "later.md", f"{NOTE}\nAgain: {whole}.\n")
    made = operator.json("backup", "run", "--all", *(["--with-objects"] if whole else []))
    operator.deployment.stop()
    asked = provider.asked
    found = drilled(operator, made["id"], master_key=whole)
    assert provider.asked == asked
    assert "1 documents were being processed when the set was made" in found["bought: links"]
    assert "being processed" not in found["own: links"]
    assert found["own: recall"] == "3 of 3 turns asked for"
    assert ("openai/text-embedding-3-small, which a drill does not ask" in found["bought: recall"]) is whole
    provider.down = False
    operator.deployment.start()
    with operator.deployment.admin as admin:
        admin.contexts("bought").documents.delete(waiting)


def rewritten(storage: Storage, change: Callable[[Entry], Entry]) -> str:
    """Give the newest set another list of originals; answers its id."""
    repository = Repository(storage, lambda: datetime.now(UTC))
    made = repository.get("latest")
    assert made.objects is not None
    lines = [change(entry).model_dump_json().encode() + b"\n" for entry in entries(repository, made.objects)]
    file = repository.add(inventory(made.id), lines, Recipients(), lambda _: None)
    with repository.lock("a test").held() as lock:
        repository.publish(made.model_copy(update={"objects": made.objects.model_copy(update={"file": file})}), lock)
    return made.id


@pytest.mark.parametrize("later", [True, False], ids=["after the dump", "before it"])
def test_documents_that_come_and_go_while_a_set_is_made_are_no_damage(operator: Operator, *, later: bool) -> None:
    """One was deleted before its original was copied, and another came whose original no document refers to.

    An original that was there before the dump, without its document, is a document that the dump has lost.
    """
    operator.json("backup", "run", "--all", "--with-objects")
    came = datetime.now(UTC) + timedelta(hours=1 if later else -1)
    storage = DirectoryStorage(FolderLocation(operator.repository))
    name = rewritten(
        storage, lambda entry: entry.model_copy(update={"document": entry.document[::-1], "uploaded_at": came})
    )
    done = operator.run("drill", "run", name, "--json")
    assert done.returncode == (0 if later else 1), done.stdout + done.stderr
    found = {check["name"]: check["detail"] for check in json.loads(done.stdout)["checks"]}
    for context in ("bought", "own"):
        if later:
            assert "1 originals came in after the dump" in found[f"{context}: links"]
            assert "1 documents were deleted after the dump" in found[f"{context}: links"]
        else:
            assert "original.orphaned" in found[f"{context}: links"]
