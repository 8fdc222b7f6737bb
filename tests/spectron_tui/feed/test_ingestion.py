"""What an operator looks for is found, however many documents are newer."""

from datetime import UTC, datetime

import httpx
import pytest

from spectron.aio.client import AsyncSpectronManagement
from spectron_tui.feed.ingestion import Ingestion, observe

NOW = datetime(2026, 3, 1, tzinfo=UTC)
STATUSES = ["failed", "ready", "embedding", *["ready"] * 5]
"""Of the documents, the oldest first."""


def answer(request: httpx.Request) -> httpx.Response:
    """A server with one Context, which gives a page as it is asked for."""
    path, asked = request.url.path, request.url.params
    if path == "/api/v1/jobs":
        return httpx.Response(200, json={"jobs": [], "has_more": False})
    assert path == "/api/v1/acme/documents"
    wanted = [
        {
            "id": f"d{number}",
            "title": f"d{number}",
            "status": status,
            "content_hash": "-",
            "size_bytes": 1,
            "created_at": f"2026-02-0{number + 1}T00:00:00Z",
        }
        for number, status in reversed([*enumerate(STATUSES)])
        if asked.get("status") in {None, status}
    ]
    size = int(asked["page_size"])
    return httpx.Response(200, json={"documents": wanted[:size], "page": 1, "page_size": size, "total": len(wanted)})


ALL = ["d0", "d2", "d7", "d6", "d5", "d4", "d3", "d1"]


@pytest.mark.parametrize(("page_size", "shown"), [(2, ALL[:4]), (8, ALL)])
async def test_failures_and_work_are_shown_first_and_counted_however_old(page_size: int, shown: list[str]) -> None:
    async with AsyncSpectronManagement("http://spectron.test", "", transport=httpx.MockTransport(answer)) as admin:
        seen = await observe(admin, Ingestion(), "acme", NOW, page_size=page_size)
    assert [item.document.id for item in seen.items.value or ()] == shown
    assert {**seen.counts} == {"failed": 1, "embedding": 1, "ready": 6}
