"""`spectron-ops` as an operator runs it, in this process."""

import contextlib
import io
import json
import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ops.cli import app
from ops.repository.sets import Repository
from spectron.terminal.terminal import Terminal
from tests.ops.conftest import CREDENTIALS
from tests.ops.deployment import Deployment


@dataclass(frozen=True)
class Outcome:
    """What one run left behind."""

    code: int
    stdout: str
    stderr: str

    @property
    def json(self) -> Any:
        return json.loads(self.stdout)


@dataclass
class Desk:
    """Runs commands against one deployment and one repository."""

    folder: Path
    deployment: Deployment
    repository: Repository
    address: str
    environ: dict[str, str] = field(default_factory=dict)

    def run(self, line: str) -> Outcome:
        stdout, stderr = io.StringIO(), io.StringIO()
        environ = {
            "HOME": str(self.folder),
            "SPECTRON_URL": self.deployment.url,
            "SPECTRON_API_KEY": "mgmt-id-secret",
            "SPECTRON_BACKUP_REPOSITORY": self.address,
            "AWS_ACCESS_KEY_ID": CREDENTIALS.access_key,
            "AWS_SECRET_ACCESS_KEY": CREDENTIALS.secret_key,
            **self.environ,
        }
        terminal = Terminal(environ, self.folder, io.StringIO(), stdout, stderr, sleep=lambda _: None)
        code = 0
        with contextlib.redirect_stdout(stdout), contextlib.redirect_stderr(stderr):
            try:
                app(shlex.split(line), prog_name="spectron-ops", obj=terminal)
            except SystemExit as stop:
                code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
        return Outcome(code, stdout.getvalue(), stderr.getvalue())
