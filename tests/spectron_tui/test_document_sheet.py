"""What is said of a document above its chunks."""

from datetime import UTC, datetime

import pytest

from spectron.models.document import Document
from spectron_tui.feed.panel import Panel
from spectron_tui.screens.document import PAGE, about

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(("chunks", "said"), [(None, False), (PAGE, False), (12_345, True)])
def test_that_not_all_chunks_are_shown_is_said(chunks: int | None, *, said: bool) -> None:
    document = Document(
        id="d1", title="Log", status="ready", content_hash="ab", size_bytes=1, created_at=NOW, chunk_count=chunks
    )
    assert ("The first 200 of 12,345 chunks" in about(Panel(document, NOW))) is said
