"""Who may do what: principals, their grants, and keys that are minted, exchanged and taken away."""

import pytest
from surrealdb_memory import MemoryAPIError, MemoryAuthError, MemoryNotFoundError, MemoryScopeError

from tests.e2e.client.caller import Caller
from tests.e2e.client.world import World

READ = ["memory:read", "memory:write", "memory:forget", "documents:read", "documents:write"]
ALL = [*READ, "reflect:persist", "keys:mint"]
PLACE = "org/keys/user/bo"


async def holds(world: World) -> None:
    async with world.organisation("keys") as (client, deputy):
        await callers(world, client, deputy)
        await principals(client, deputy)
        await keys(world, client, deputy)


async def callers(world: World, client: Caller, deputy: str) -> None:
    own = await client.whoami()
    assert (own.kind, own.enforce, own.delegated_principal_id) == ("supervisor", True, None)
    assert own.effective_grants["memory:read"] == ["org/keys/*"]
    narrow = world.mint("bo", {"org": "keys", "user": "bo"}, "agent")
    acting = await client.whoami(on_behalf_of=f"principal:{narrow.id}")
    assert (acting.principal_id, acting.delegated_principal_id, acting.kind) == (own.principal_id, narrow.id, "agent")
    assert acting.effective_grants["memory:read"] == ["org/keys/user/bo/*"]
    await client.remember("The vault opens at noon.", infer="none", scopes=[["org/keys", "user/alice"]])
    question = "When does the vault open?"
    assert (await client.recall(question, on_behalf_of=deputy)).hits
    assert not (await client.recall(question, on_behalf_of=narrow.id)).hits
    with pytest.raises(MemoryScopeError):
        await client.recall(question, lens="user/alice", on_behalf_of=narrow.id)


async def principals(client: Caller, deputy: str) -> None:
    minted = await client.keys.create(name="grantee", grants={"memory:read": [PLACE]})
    assert minted.id in {one.id for one in await client.principals.list(on_behalf_of=deputy)}
    shown = await client.principals.get(minted.id, on_behalf_of=deputy)
    assert (shown.display_name, shown.kind, shown.grants["memory:read"]) == ("grantee", "agent", [f"{PLACE}/*"])
    allowed = await client.principals.effective(minted.id, PLACE, as_of="2100-01-01T00:00:00Z", on_behalf_of=deputy)
    assert (allowed.path, set(allowed.verbs)) == (PLACE, set(READ))
    assert (await client.principals.effective(minted.id, "org/keys/user/cleo")).verbs == []
    raised = await client.principals.grant(minted.id, PLACE, ["keys:mint"], on_behalf_of=deputy)
    assert (raised.kind, set(raised.grants)) == ("supervisor", set(ALL))
    lowered = await client.principals.revoke(minted.id, PLACE, ["keys:mint", "reflect:persist"], on_behalf_of=deputy)
    assert (lowered.kind, set(lowered.grants)) == ("agent", set(READ))
    await one_floor(client, minted.id)
    wider = await client.principals.grant(minted.id, "org/keys", ["memory:read"])
    assert wider.grants["memory:read"] == ["org/keys/*"]


async def one_floor(client: Caller, principal: str) -> None:
    for refused in (
        client.principals.grant(principal, "org/keys/user/cleo", ["memory:read"]),
        client.principals.revoke(principal, PLACE, ["memory:read"]),
        client.keys.create(grants={"memory:read": [PLACE, "org/keys/user/cleo"]}),
    ):
        with pytest.raises(MemoryAPIError) as error:
            await refused
        assert error.value.status_code == 422


async def keys(world: World, client: Caller, deputy: str) -> None:
    minted = await client.keys.create(name="ci", grants={"memory:read": [PLACE]}, ttl_seconds=3600, on_behalf_of=deputy)
    assert minted.valid_until
    async with world.client(minted.key) as own:
        assert (await own.whoami()).principal_id == minted.id
    details = {one.name: one for one in await client.keys.list(on_behalf_of=deputy)}
    assert details["ci"].id == minted.id
    assert details["ci"].grants["memory:read"] == [f"{PLACE}/*"]
    assert details["ci"].valid_until == minted.valid_until
    rotated = await client.keys.rotate("ci", ttl_seconds=7200, on_behalf_of=deputy)
    assert rotated.key != minted.key
    assert rotated.valid_until > minted.valid_until
    async with world.client(minted.key) as old, world.client(rotated.key) as new:
        with pytest.raises(MemoryAuthError):
            await old.whoami()
        assert (await new.whoami()).principal_id == rotated.id
        assert await client.keys.delete("ci", on_behalf_of=deputy) is None
        with pytest.raises(MemoryAuthError):
            await new.whoami()
    with pytest.raises(MemoryNotFoundError):
        await client.keys.rotate("ci")
