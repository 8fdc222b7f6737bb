"""One Context, as the tests of its life ask for it and look at it."""

from server.store.binding import METADATA, Binding
from tests.support.app import App
from tests.support.engines import WatchedEngine

BINDING = Binding("acme", "prod")
BODY = {"namespace": "acme", "database": "prod", "config": {"providers": {"openai": "a-provider-key"}}}
URL = "/api/v1/contexts/acme"
LEASE_SECONDS = 61


async def traces_of_acme(engine: WatchedEngine) -> list[object]:
    """Everything that a Context leaves behind in the control plane or as a database."""
    inner = engine.inner
    found = await inner.read(
        METADATA,
        "SELECT VALUE id FROM context; SELECT VALUE id FROM provider_secret; SELECT VALUE id FROM api_key;"
        "SELECT VALUE id FROM audit_event WHERE action = 'context.create'",
    )
    return [*(one for rows in found for one in rows), *await inner.databases("acme")]


async def is_whole(app: App) -> bool:
    """Whether the Context can be used: its row, its schema and its provider key are all there."""
    shown = await app.http.get(URL)
    counted = await app.http.get(f"{URL}/stats")
    return (
        shown.json()["state"] == "active"
        and shown.json()["providers_configured"] == ["openai"]
        and {"document", "turn", "entity"} <= set(counted.json()["tables"])
    )
