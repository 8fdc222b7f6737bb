"""Messages are answered from memory, at once and piece by piece; conclusions are drawn and kept."""

from tests.e2e.client.caller import Caller, each
from tests.e2e.client.world import World

ALICE = [["org/talk", "user/alice"]]
QUESTION = "Where do I live?"


async def holds(world: World) -> None:
    async with world.organisation("talk") as (client, deputy):
        for text in ("I live in Oslo.", "I like chess.", "I like green tea.", "My sister is Zelda."):
            await client.remember(text, scopes=ALICE)
        session = await whole(client, deputy)
        await streamed(client, deputy, session)
        await concluded(client, deputy)
        await reflected(client, deputy)


async def whole(client: Caller, deputy: str) -> str:
    session: str = (await client.sessions.create(scopes=ALICE)).id
    reply = await client.chat(
        QUESTION, session_id=session, scopes=ALICE, model="offline", bypass_cache=True, on_behalf_of=deputy
    )
    assert "Oslo" in reply.reply
    assert reply.session_id == session
    assert (await client.traces.get(reply.trace_id)).query_text == QUESTION
    told = await client.chat("I work at Initech.", session_id=session, labels=["topic=work"])
    assert any(one["value"] == "Initech" for one in told.memory_updates.attributes)
    labelled = (await client.recall("Who works at Initech?", labels=["topic=work"], lens=ALICE)).hits
    assert any("Initech" in hit.text for hit in labelled)
    turns = (await client.sessions.turns(session)).turns
    assert [one.role for one in turns] == ["user", "assistant"] * 2
    return session


async def streamed(client: Caller, deputy: str, session: str) -> None:
    chunks = await each(await client.chat(QUESTION, stream=True, session_id=session, scopes=ALICE, on_behalf_of=deputy))
    deltas = [chunk.delta for chunk in chunks if chunk.delta]
    assert "Oslo" in "".join(deltas)
    last = chunks[-1]
    assert [chunk.done for chunk in chunks].count(True) == 1
    assert last.done
    assert last.session_id == session
    assert last.raw["reply"] == "".join(deltas)
    assert (await client.traces.get(last.trace_id)).query_text == QUESTION


async def concluded(client: Caller, deputy: str) -> None:
    plan = await client.consolidate(dry_run=True, fact_limit=100, observation_limit=10, on_behalf_of=deputy)
    assert plan.dry_run
    assert plan.created == len(plan.outcomes) == 1
    assert plan.outcomes[0].observation_id is None
    done = await client.consolidate()
    assert (done.created, done.dry_run) == (1, False)
    (outcome,) = done.outcomes
    assert (outcome.entity_name, outcome.kind, outcome.value) == ("alice", "create", "likes: chess and green tea")
    assert outcome.observation_id
    assert (await client.consolidate()).outcomes == []
    proposed = await client.elaborate(entity_ref="entity:Person/alice", budget=5, dry_run=True, on_behalf_of=deputy)
    assert proposed.relations_emitted == 0
    assert proposed.outcomes[0].proposed_relations
    made = await client.elaborate(sweep=True)
    assert made.relations_emitted == sum(one.relations_emitted for one in made.outcomes) > 0
    assert (await client.entities.get("Person", "Zelda")).relations


async def reflected(client: Caller, deputy: str) -> None:
    thought = await client.reflect("What does alice like?")
    assert "chess" in thought.reflection
    assert thought.evidence
    assert thought.persisted_attributes == []
    kept = await client.reflect("Where does alice live?", persist=True, on_behalf_of=deputy)
    assert kept.persisted_attributes[0]["key"] == "reflection"
    assert (await client.traces.get(kept.trace_id)).id == kept.trace_id
