"""The databases themselves as a source of backups, for when no server runs."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from typing import IO, Any

from ops.errors import OpsError
from ops.restore.server import program
from ops.source import ContextBinding, Original

PIECE = 1 << 20
# What the program needs of this process beside where its databases are.
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR")


class DatabaseSource:
    """Reads by `spectrond export`, a process for each dump, which asks the database and no server."""

    def __init__(self, name: str, settings: Mapping[str, str], environ: Mapping[str, str]) -> None:
        """`settings` says where the databases are, in the variables that the server reads."""
        self._name = name
        self._environ = {key: value for key, value in environ.items() if key in KEPT} | dict(settings)

    @property
    def name(self) -> str:
        return self._name

    def contexts(self) -> list[ContextBinding]:
        return [ContextBinding(one["id"], one["namespace"], one["database"]) for one in self._lines("list")]

    def export(self, context: str) -> Iterator[bytes]:
        return self._pieces("context", context)

    def export_control(self) -> Iterator[bytes]:
        return self._pieces("control")

    def originals(self, context: str) -> list[Original]:
        return [
            Original(one["document"], one["content_hash"], one["size"]) for one in self._lines("originals", context)
        ]

    def has(self, context: str, document: str) -> bool:
        return any(one.document == document for one in self.originals(context))

    def original(self, context: str, document: str) -> Iterator[bytes]:
        raise OpsError(
            f"The original of {document} of {context} is not in the database, and is only read through a server. "
            "Leave out --with-objects, and keep the object store safe by itself."
        )

    def _lines(self, *arguments: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in b"".join(self._pieces(*arguments)).splitlines()]

    def _pieces(self, *arguments: str) -> Iterator[bytes]:
        with tempfile.TemporaryFile() as complaints:
            child = self._started(arguments, complaints)
            assert child.stdout is not None  # noqa: S101 - it is a pipe by construction
            try:
                while piece := child.stdout.read(PIECE):
                    yield piece
                if child.wait():
                    complaints.seek(0)
                    said = complaints.read().decode(errors="replace").strip().rpartition("\n")[2]
                    raise OpsError(f"{self._name} can't be read: {said or f'its reader ended with {child.returncode}'}")
            finally:
                if child.poll() is None:
                    os.killpg(child.pid, signal.SIGKILL)
                child.wait()
                child.stdout.close()

    def _started(self, arguments: tuple[str, ...], complaints: IO[bytes]) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(  # noqa: S603 - the program is our own
            [sys.executable, "-m", "ops.restore.child", str(os.getpid()), program(), "export", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=complaints,
            env=self._environ,
            start_new_session=True,
        )
