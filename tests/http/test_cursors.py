"""A cursor that no page gave is told apart from the end of a list."""

import pytest

from tests.http.problem import slug_of
from tests.support.app import App

RECORDS = ("zzz", ";", "", " ", "a\0", "' OR 1=1", "x" * 3000, "é", "20260101000000000000-abcdefg", "sweep:1")
RUBBISH = {
    "contexts": ("A", "a\0", "' OR 1=1", "a" * 100, "é"),
    "contexts/acme/audit": RECORDS,
    "jobs": RECORDS,
    "lifecycle/sweeps": RECORDS,
    "acme/traces": (*RECORDS[:2], *RECORDS[4:], "%%%", "MjAyNi0wMS0wMVQwMDowMDowMCB0", "MjAyNi0wMS0wMVQwMDowMDowMFog"),
}


@pytest.mark.parametrize("path", RUBBISH)
async def test_rubbish_is_named_and_says_what_to_do(acme: App, path: str) -> None:
    for cursor in RUBBISH[path]:
        answer = await acme.http.get(f"/api/v1/{path}", params={"cursor": cursor})
        assert (answer.status_code, slug_of(answer)) == (422, "unprocessable"), cursor
        detail = answer.json()["detail"]
        assert repr(cursor[:80]) in detail
        assert "start over without it" in detail


@pytest.mark.parametrize("path", ["contexts/acme/audit", "jobs", "lifecycle/sweeps"])
async def test_a_cursor_outlives_its_record(acme: App, path: str) -> None:
    answer = await acme.http.get(f"/api/v1/{path}", params={"cursor": "20240101000000000000-abcdefgh"})
    assert answer.is_success
    assert answer.json()["has_more"] is False
