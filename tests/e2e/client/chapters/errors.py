"""What goes wrong comes as the client's own errors, with the status and what to do."""

import pytest
from surrealdb_memory import (
    AsyncTransport,
    BlockingTransport,
    MemoryAPIError,
    MemoryAuthError,
    MemoryNotFoundError,
    MemoryScopeError,
)

from tests.e2e.client.caller import Caller, each, made
from tests.e2e.client.world import World

NOWHERE = "http://127.0.0.1:9"


async def holds(world: World) -> None:
    async with world.organisation("wrong") as (client, _):
        await refused(client)
    for key in ("sk-nonsense", f"sk-{world.context_id}-unknown-secret"):
        async with world.client(key) as stranger:
            with pytest.raises(MemoryAuthError) as unknown:
                await stranger.recall("anything")
            assert unknown.value.status_code == 401
    agent = world.mint("wrong agent", {"org": "wrong"}, "agent")
    async with world.client(agent.secret) as client:
        with pytest.raises(MemoryScopeError) as denied:
            await client.keys.list()
        assert denied.value.status_code == 403
        assert "agent" in denied.value.body["detail"]
    await elsewhere(world, agent.secret)


async def refused(client: Caller) -> None:
    with pytest.raises(MemoryScopeError) as outside:
        await client.remember("I live in Oslo.", scopes="org/other")
    assert outside.value.status_code == 403
    for missing in (
        client.documents.get("nothing"),
        client.traces.get("nothing"),
        client.entities.get("Person", "nobody"),
        client.sessions.turns("nothing"),
        client.principals.get("nobody"),
    ):
        with pytest.raises(MemoryNotFoundError) as unknown:
            await missing
        assert unknown.value.status_code == 404
    with pytest.raises(MemoryAPIError) as invalid:
        await client.recall("anything", mode="guess")
    assert type(invalid.value) is MemoryAPIError
    assert invalid.value.status_code == 400
    assert invalid.value.trace_id is None, "what is refused leaves no trace"
    assert invalid.value.body["request_id"]
    assert invalid.value.message == "The request is not valid"
    assert invalid.value.body["type"].endswith("/validation-error")
    with pytest.raises(MemoryAPIError) as stream:
        await listened(client)
    assert stream.value.status_code == 400
    with pytest.raises(MemoryAPIError) as view:
        await client.recall("anything", scope_view="crossTeam")
    assert view.value.status_code == 400
    with pytest.raises(MemoryAPIError) as around:
        await client.recall("anything", location={"near": {"lat": 1.0, "lng": 2.0, "radiusKm": 3.0}})
    assert around.value.status_code == 400


async def listened(client: Caller) -> None:
    """One client refuses at the call, the other at the first piece."""
    await each(await client.chat("Hello", stream=True, model="no model"))


async def elsewhere(world: World, key: str) -> None:
    async with world.client(key, timeout=5.0, max_retries=0) as client:
        assert (await client.whoami()).kind == "agent"
    transport = (BlockingTransport if world.kind == "sync" else AsyncTransport)(
        endpoint=NOWHERE, api_key=key, max_retries=0
    )
    lost = made(world.kind, world.calls, context=world.context_id, transport=transport)
    with pytest.raises(MemoryAPIError) as unreachable:
        await lost.recall("anything")
    assert unreachable.value.status_code == 0
    await lost.close()
    closing = transport.close()
    if closing is not None:
        await closing
