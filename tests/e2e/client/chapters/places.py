"""Conversations and the places of the scope tree."""

import pytest
from surrealdb_memory import MemoryNotFoundError

from tests.e2e.client.caller import Caller
from tests.e2e.client.world import World

HERE = [["org/map", "team/north"]]


async def holds(world: World) -> None:
    async with world.organisation("map") as (client, deputy):
        await sessions(client, deputy)
        await scopes(client, deputy)
        await clauses(client)
    async with world.organisation("gone") as (client, _):
        await client.remember("I live in Tromso.", scopes=[["org/gone"]])
        assert (await client.scopes.forget()).forgotten > 0
        assert (await client.recall("Where is Tromso?")).hits == []


async def sessions(client: Caller, deputy: str) -> None:
    session = await client.sessions.create(scopes=HERE, metadata={"channel": "mail"}, on_behalf_of=deputy)
    assert session.scopes == [["org/map", "team/north"]]
    assert session.created_at
    for text in ("The ferry leaves at nine.", "The ferry is green.", "The captain is called Ines."):
        await client.remember(text, session_id=session.id, scopes=HERE)
    turns = (await client.sessions.turns(session.id, limit=2, offset=1, on_behalf_of=deputy)).turns
    assert [one.content for one in turns] == ["The ferry is green.", "The captain is called Ines."]
    assert turns[0].seq < turns[1].seq
    assert {one.session for one in turns} == {session.id}
    block = await client.sessions.context(session.id, "When does the ferry leave?", on_behalf_of=deputy)
    assert "nine" in block.context
    assert await client.sessions.delete(session.id, on_behalf_of=deputy) is None
    with pytest.raises(MemoryNotFoundError):
        await client.sessions.turns(session.id)


async def scopes(client: Caller, deputy: str) -> None:
    path = "org/map/team/south"
    node = await client.scopes.register(path, description="Where it is warm", display_name="South", on_behalf_of=deputy)
    assert node.path == path
    assert path in {one.path for one in await client.scopes.list(on_behalf_of=deputy)}
    assert await client.scopes.delete(path, on_behalf_of=deputy) is None
    living = {one.path for one in await client.scopes.list() if one.tombstoned_at is None}
    assert path not in living
    await client.remember("The orchard is in bloom.", infer="none", scopes=path)
    question = "What is in bloom?"
    assert (await client.recall(question, lens=path)).hits
    assert (await client.scopes.forget(path, on_behalf_of=deputy)).forgotten > 0
    assert not (await client.recall(question, lens=path)).hits


async def clauses(client: Caller) -> None:
    one, two, nine = "org/map/line/one", "org/map/line/two", "org/map/line/nine"
    await client.remember("The tram is red.", infer="none", scopes=[one, two])
    await client.remember("The tram is slow.", infer="none", scopes=one)

    async def said(lens: object) -> set[str]:
        return {hit.text for hit in (await client.recall("What is the tram like?", lens=lens)).hits}

    assert await said(one) == await said([nine, one]) == {"The tram is red.", "The tram is slow."}
    assert await said(two) == await said([[one, two]]) == {"The tram is red."}
    assert await said(nine) == set()
