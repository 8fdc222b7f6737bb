"""Nothing that changes the server passes the gate of read-only mode."""

import httpx
import pytest

from spectron_tui.transport.gate import ReadOnlyError, ReadOnlyTransport, reads

API = "http://spectron.test/api/v1"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/contexts"),
        ("GET", "/contexts/acme?dry_run=false"),
        ("POST", "/contexts/acme/retention/preview"),
        ("POST", "/contexts/acme/retention/preview?horizon_days=30"),
        ("POST", "/lifecycle/expire?dry_run=true"),
        ("DELETE", "/contexts/acme?dry_run=true"),
    ],
)
def test_what_looks_passes(method: str, path: str) -> None:
    assert reads(httpx.Request(method, API + path))


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/contexts/acme"),
        ("POST", "/contexts/acme?dry_run=true"),
        ("PATCH", "/contexts/acme"),
        ("PATCH", "/contexts/acme?dry_run=true"),
        ("PUT", "/contexts/acme/retention"),
        ("PUT", "/contexts/acme/retention/preview"),
        ("DELETE", "/contexts/acme"),
        ("DELETE", "/contexts/acme?dry_run=false"),
        ("DELETE", "/contexts/acme?dry_run=true&dry_run=false"),
        ("DELETE", "/contexts/acme/keys/k1?dry_run=true"),
        ("POST", "/lifecycle/expire"),
        ("POST", "/lifecycle/expire?dry_run=1"),
        ("POST", "/jobs/j1/retry?dry_run=true"),
    ],
)
async def test_what_changes_is_refused_before_it_leaves(method: str, path: str) -> None:
    def arrived(request: httpx.Request) -> httpx.Response:
        raise AssertionError(f"{request.method} {request.url} left")

    transport = ReadOnlyTransport(httpx.MockTransport(arrived))
    async with httpx.AsyncClient(transport=transport) as client:
        with pytest.raises(ReadOnlyError, match="--write"):
            await client.request(method, API + path)
