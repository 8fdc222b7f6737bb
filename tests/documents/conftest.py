"""The tokenizer that documents are cut with."""

import pytest

from server.models.embedding import TokenCounter
from server.models.local import LocalEmbedder


@pytest.fixture(scope="session")
def count_tokens() -> TokenCounter:
    return LocalEmbedder().count_tokens
