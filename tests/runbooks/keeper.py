"""A deployment that is backed up: what pages about backups begin with."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.deployment import BIN, Deployment

CONTEXT = "acme"
SCOPE = {"user": "maria"}
FACT = "Maria Silva works at Acme as CTO."
QUESTION = "Where does Maria work?"


class Keeper:
    """A deployment with one Context, its repository, and what is in the environment of who looks after them."""

    def __init__(
        self,
        deployment: Deployment,
        folder: Path,
        context: str,
        address: str | None = None,
        credentials: Mapping[str, str] | None = None,
    ) -> None:
        """The repository is a folder beside the deployment, or at an address that takes credentials."""
        self.deployment = deployment
        self.context = context
        self.repository = folder / "backups"
        self._address = address or str(self.repository)
        self._credentials = credentials or {}
        self.schedule = folder / "schedule.yaml"
        self.schedule.write_text(
            f"state: {json.dumps(str(folder / 'state' / 'state.json'))}\n"
            "jobs:\n"
            '  daily-backup: {run: backup run --all --with-objects, every: day, at: "02:30"}\n'
        )

    @property
    def variables(self) -> dict[str, str]:
        return {
            "SPECTRON_URL": self.deployment.url,
            "SPECTRON_API_KEY": self.deployment.key,
            "SPECTRON_BACKUP_REPOSITORY": self._address,
            "SPECTRON_SCHEDULE": str(self.schedule),
            "CONTEXT": self.context,
            "MASTER_KEY": str(self.deployment.data_dir / "master.key"),
            **self._credentials,
        }

    def ops(self, *arguments: str, may_fail: bool = False) -> "subprocess.CompletedProcess[str]":
        done = subprocess.run(
            [str(BIN / "spectron-ops"), *arguments],
            env={"PATH": str(BIN), "HOME": str(self.schedule.parent)} | self.variables,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert may_fail or done.returncode == 0, done.stdout + done.stderr
        return done

    def save(self) -> str:
        """Make a set of everything; its name."""
        made: Any = json.loads(self.ops("backup", "run", "--all", "--with-objects", "--json").stdout)
        return str(made["id"])


def fill(deployment: Deployment, context: str, note: Path, config: Mapping[str, Any] | None = None) -> None:
    """A Context with a fact and a document."""
    with deployment.admin as admin:
        admin.contexts.create(id=context, namespace=context, database="prod", config=dict(config or {}))
        acme = admin.contexts(context)
        acme.memory.remember(FACT, scope=SCOPE)
        note.write_text("# Harbour\n\nThe ferry to Almada leaves at nine.\n")
        acme.documents.wait(acme.documents.upload(note).id)


@contextmanager
def kept(folder: Path) -> Iterator[Keeper]:
    """A deployment of the test's own with a Context, and a repository that has nothing yet."""
    with Deployment(folder / "data", folder) as running:
        fill(running, CONTEXT, folder / "note.md")
        yield Keeper(running, folder, CONTEXT)
