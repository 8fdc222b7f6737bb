"""Reading made-up files."""

from pathlib import Path
from typing import Protocol

import pytest

from server.documents.extraction.extracting import extract
from server.documents.extraction.result import Extracted, Limits


class Read(Protocol):
    """Extracts a file with that content."""

    def __call__(self, content: bytes | str, declared: str | None = None, limits: Limits = ...) -> Extracted: ...


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def reading(content: bytes | str, declared: str | None = None, limits: Limits = Limits()) -> Extracted:
        path = tmp_path / "upload"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return extract(path, declared, limits)

    return reading
