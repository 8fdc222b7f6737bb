"""Liveness, readiness and metrics, which need no key."""

from tests.support.app import App


async def test_health_needs_no_key(app: App) -> None:
    anonymous = await app.client()
    answer = await anonymous.get("/api/v1/health")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"
