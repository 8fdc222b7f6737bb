"""The tokenizer that documents are cut with, and a Context to keep documents in."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.models.embedding import TokenCounter
from server.models.local import LocalEmbedder
from tests.documents.shelf import Shelf, shelf_in


@pytest.fixture(scope="session")
def count_tokens() -> TokenCounter:
    return LocalEmbedder().count_tokens


@pytest.fixture
async def shelf(tmp_path: Path) -> AsyncIterator[Shelf]:
    async with shelf_in(tmp_path) as made:
        yield made
