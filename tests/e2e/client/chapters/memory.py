"""What is remembered is recalled, what is forgotten is not."""

from typing import Any

from tests.e2e.client.caller import Caller
from tests.e2e.client.world import World

ALICE = [["org/tea", "user/alice"]]
BO = [["org/tea", "user/bo"]]
LISBON = "Where does alice live?"
TRIPLE = {"subject": "Zelda", "predicate": "employer", "object": "Initech", "subject_type": "Person"}
PAST, FUTURE = "2001-01-01T00:00:00Z", "2100-01-01T00:00:00Z"


async def holds(world: World) -> None:
    async with world.organisation("tea") as (client, deputy):
        session = await remembered(client, deputy)
        await recalled(client, deputy, session)
        await known(client, deputy, world.mint("alice", {"org": "tea", "user": "alice"}).id)
        await entities(client, deputy)
        await forgotten(client, deputy)


async def texts(client: Caller, query: str, **options: Any) -> list[str]:
    return [hit.text for hit in (await client.recall(query, **options)).hits]


async def remembered(client: Caller, deputy: str) -> str:
    session: str = (await client.sessions.create(scopes=ALICE)).id
    told: dict[str, Any] = {
        "infer": "full",
        "session_id": session,
        "scopes": ALICE,
        "role": "user",
        "memory_category": "identity",
        "labels": ["topic=home"],
        "on_behalf_of": deputy,
    }
    first = await client.remember("I live in Lisbon.", **told)
    assert (first.mode, first.session_id, first.extraction.turn_id) == ("full", session, first.turn_id)
    assert any(one["value"] == "Lisbon" for one in first.extraction.attributes)
    # Of three within a moment, two stand in one half minute of the clock, in which the client calls a repetition one.
    rung = {(await client.remember("The bell rings.", infer="none", scopes=BO)).turn_id for _ in range(3)}
    assert len(rung) < 3
    stated = await client.remember(infer="triples", triples=[TRIPLE], scopes=ALICE)
    assert stated.mode == "triples"
    assert stated.chunk_id
    preview = await client.remember("I live in Narvik.", infer="preview", scopes=ALICE)
    assert (preview.preview, preview.turn_id) == (True, None)
    assert preview.extraction.attributes[0]["value"] == "Narvik"
    quiet = await client.remember("The kettle whistles at dawn.", infer="none", scopes=BO)
    assert quiet.extraction is None or not quiet.extraction.attributes
    await many(client, deputy)
    return session


async def many(client: Caller, deputy: str) -> None:
    session = (await client.sessions.create(scopes=BO)).id
    messages = [{"role": "user", "content": "My dog is called Rex."}, {"role": "assistant", "content": "A fine name."}]
    whole = await client.remember_many(
        messages,
        session_id=session,
        scopes=BO,
        extract="whole_conversation",
        infer="full",
        labels=["topic=dog"],
        on_behalf_of=deputy,
    )
    assert (whole.session_id, len(whole.turn_ids), len(whole.extractions)) == (session, 2, 1)
    each = await client.remember_many([*messages, {"role": "user", "content": "I like chess."}], scopes=BO)
    assert (len(each.turn_ids), len(each.extractions)) == (3, 3)


async def recalled(client: Caller, deputy: str, session: str) -> None:
    found = await client.recall(LISBON, k=3, mode="hybrid", lens=ALICE, on_behalf_of=deputy)
    assert "Lisbon" in found.hits[0].text
    assert found.tier == found.trace["tier"]
    assert 0 < len(found.hits) <= 3
    assert found.hits[0].source in {"turn", "fact"}
    assert found.seed_entities == ["alice"]
    for mode in ("vector", "bm25", "hybrid_graph"):
        assert any("Lisbon" in text for text in await texts(client, LISBON, mode=mode, lens=ALICE))
    only = await texts(client, LISBON, session_id=session, include=["passages"], lens=ALICE)
    assert only == ["I live in Lisbon."]
    labelled = await texts(client, LISBON, labels=["topic=home"], lens=ALICE)
    assert labelled
    assert all("Lisbon" in text for text in labelled)
    assert await texts(client, LISBON, labels=["topic=nothing"], lens=ALICE) == []
    assert not any("Lisbon" in text for text in await texts(client, LISBON, lens=BO))
    merged = await texts(client, LISBON, lens=ALICE, scope_view="merged")
    assert any("Lisbon" in text for text in merged)
    turns = await client.recall(LISBON, source="turn", lens=ALICE)
    assert {hit.source for hit in turns.hits} == {"turn"}
    await at_times(client)
    place = await texts(client, "Where is home?", location={"city": "Lisbon"}, lens=ALICE)
    assert "Lisbon" in place[0]


async def at_times(client: Caller) -> None:
    async def tells(**times: str) -> bool:
        return any("Lisbon" in text for text in await texts(client, LISBON, lens=ALICE, **times))

    assert await tells(as_of=FUTURE)
    assert not await tells(at_instant=PAST)
    assert await tells(at_instant=FUTURE)
    assert await tells(valid_from=PAST, valid_until=FUTURE)
    assert not await tells(valid_from=PAST, valid_until="2002-01-01T00:00:00Z")


async def known(client: Caller, deputy: str, alice: str) -> None:
    block = await client.query_context(
        LISBON, k=5, labels=["topic=home"], lens=ALICE, scope_view="merged", on_behalf_of=deputy
    )
    assert "Lisbon" in block.context
    assert block.tier
    state = await client.state(on_behalf_of=deputy)
    assert "Lisbon" in {row["value"] for row in state.identity["attributes"]}
    profile = await client.profile(on_behalf_of=alice)
    told = {(entry.key, entry.value) for entry in [*profile.static, *profile.dynamic]}
    assert ("location", "Lisbon") in told
    seen = await client.inspect("entity:person/alice", on_behalf_of=deputy)
    assert (seen["kind"], seen["entity"]["name"]) == ("entity", "alice")
    moments = {"as_of": FUTURE, "at_instant": FUTURE, "valid_from": PAST, "valid_until": FUTURE}
    value = await client.inspect("attribute:Person/alice/location", **moments)
    assert [row["value"] for row in value["current"]] == ["Lisbon"]


async def entities(client: Caller, deputy: str) -> None:
    people = (await client.entities.list(entity_type="Person", on_behalf_of=deputy)).entities
    assert {"alice", "Zelda"} <= {one.name for one in people}
    assert {one.entity_type for one in people} == {"Person"}
    zelda = await client.entities.get("person", "zelda", on_behalf_of=deputy)
    assert zelda.entity.name == "Zelda"
    assert ("employer", "Initech") in {(one.key, one.value) for one in zelda.attributes}
    await client.remember("I moved to Porto.", scopes=ALICE)
    history = (await client.entities.history("Person", "alice", "location", on_behalf_of=deputy)).history
    assert [one.value for one in history] == ["Lisbon", "Porto"]
    assert history[1].supersedes == history[0].id
    assert history[0].superseded_by == history[1].id
    await client.entities.delete("Person", "Zelda", on_behalf_of=deputy)
    assert "Zelda" not in {one.name for one in (await client.entities.list()).entities}
    assert not any("Initech" in text for text in await texts(client, "Who works at Initech?", lens=ALICE))


async def forgotten(client: Caller, deputy: str) -> None:
    assert any("Rex" in text for text in await texts(client, "What is the dog called?", lens=BO))
    gone = await client.forget("dog Rex", on_behalf_of=deputy)
    assert gone.deleted > 0
    assert not any("Rex" in text for text in await texts(client, "What is the dog called?", lens=BO))
    assert any("kettle" in text for text in await texts(client, "What whistles at dawn?", lens=BO))
    erased = await client.forget("kettle whistles", purge=True)
    assert erased.deleted > 0
    assert not any("kettle" in text for text in await texts(client, "What whistles at dawn?", lens=BO))
