"""`spectronctl documents upload`: files and folders, with progress, to the end of their processing if wanted."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from spectron.errors import SpectronError, TransportError, UnauthorizedError
from spectron.models.document import PROCESSED, Document, Upload
from spectron.sources import FileLike
from spectron.sync.documents import Documents
from spectron.terminal.progress import Meter
from spectron.terminal.session import Session

STDIN = "-"
FAILED = "failed"


@dataclass(frozen=True)
class Planned:
    """A file to upload: its name for people, and where its bytes come from."""

    name: str
    file: FileLike
    size: int | None


@dataclass
class Outcome:
    """What became of one file."""

    name: str
    upload: Upload | None = None
    document: Document | None = None
    error: str | None = None

    @property
    def failed(self) -> bool:
        return self.error is not None or (self.document is not None and self.document.status == FAILED)

    @property
    def processed(self) -> bool:
        return self.status in PROCESSED

    @property
    def status(self) -> str:
        if self.upload is None:
            return "not uploaded"
        return (self.document or self.upload).status

    @property
    def remark(self) -> str | None:
        same = "was there already" if self.upload and self.upload.deduplicated else None
        return self.error or (self.document.error if self.document else None) or same

    def record(self) -> dict[str, Any]:
        answer = self.document.raw if self.document else self.upload.raw if self.upload else {}
        return {**answer, "file": self.name, **({"error": self.error} if self.error else {})}


def planned(paths: Iterable[str], session: Session, *, recursive: bool) -> list[Planned]:
    """The files that the arguments name; hidden ones only where they are named themselves."""
    found: dict[Path, Planned] = {}
    streams = []
    for text in paths:
        if text == STDIN:
            streams.append(Planned("standard input", session.terminal.stdin.buffer, None))
            continue
        path = session.terminal.directory / text
        if not path.exists():
            raise typer.BadParameter(f"there is no {text}", param_hint="PATH")
        if path.is_dir() and not recursive:
            raise typer.BadParameter(f"{text} is a folder; --recursive uploads what is in it", param_hint="PATH")
        for file in _files(path) if path.is_dir() else (path,):
            name = str(Path(text) / file.relative_to(path)) if path.is_dir() else text
            found.setdefault(file.resolve(), Planned(name, file, file.stat().st_size))
    return [*found.values(), *streams]


class Uploading:
    """Uploads files one after another; what fails with one does not stop the others."""

    def __init__(self, documents: Documents, meter: Meter, options: dict[str, Any]) -> None:
        self._documents = documents
        self._meter = meter
        self._options = options

    def all_of(self, files: list[Planned]) -> list[Outcome]:
        self._meter.expect(sum(each.size or 0 for each in files))
        return [self._one(each) for each in files]

    def wait(self, outcomes: Iterable[Outcome], *, within: float) -> None:
        """Wait until each is processed."""
        for outcome in outcomes:
            if outcome.upload is None:
                continue

            def told(document: Document, name: str = outcome.name) -> None:
                self._meter.say(name, document.status)

            try:
                outcome.document = self._documents.wait(outcome.upload.id, within=within, seen=told)
            except SpectronError as error:
                outcome.error = str(error)

    def _one(self, file: Planned) -> Outcome:
        outcome = Outcome(file.name)
        with self._meter.part(file.name) as told:
            try:
                outcome.upload = self._documents.upload(file.file, progress=told, **self._options)
            except (UnauthorizedError, TransportError):
                # None of the others would fare better.
                raise
            except SpectronError as error:
                outcome.error = str(error)
        return outcome


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts):
            yield path
