"""Who keeps the backups of a deployment."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.support.deployment import Deployment

OPS = str(Path(sys.executable).parent / "spectron-ops")


class Operator:
    """Runs `spectron-ops` against one deployment and one repository."""

    def __init__(self, deployment: Deployment, folder: Path) -> None:
        self.deployment = deployment
        self.folder = folder
        self.repository = folder / "backups"

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [OPS, *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
            env=self.environment,
        )

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PATH": str(Path(sys.executable).parent),
            "HOME": str(self.folder),
            "SPECTRON_URL": self.deployment.url,
            "SPECTRON_API_KEY": self.deployment.key,
            "SPECTRON_BACKUP_REPOSITORY": str(self.repository),
        }

    def json(self, *arguments: str) -> Any:
        done = self.run(*arguments, "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)
