"""Conclusions over HTTP: observations from several facts, and edges that others imply."""

from typing import Any

import pytest

from tests.http.problem import slug_of
from tests.http.test_memory_forget import rows, tell
from tests.support.app import App

BASE = "/api/v1/acme"
ALICE = {"org": "acme", "user": "alice"}
LIKES = ("I like chess.", "I like green tea.")
MOVES = ("I live in Oslo.", "I moved to Rome.", "I moved to Bonn.")


async def consolidate(app: App, **body: Any) -> dict[str, Any]:
    answer = await app.http.post(f"{BASE}/consolidate", json=body)
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


async def elaborate(app: App, **body: Any) -> dict[str, Any]:
    answer = await app.http.post(f"{BASE}/elaborate", json=body)
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


async def values(app: App, key: str) -> list[str]:
    shown = (await app.http.get(f"{BASE}/entities/Person/alice")).json()
    return sorted(row["value"] for row in shown["attributes"] if row["key"] == key)


async def test_several_facts_become_an_observation(acme: App) -> None:
    await tell(acme, *LIKES, *MOVES)
    done = await consolidate(acme)
    assert (done["created"], done["updated"], done["superseded"], done["dry_run"]) == (2, 0, 0, False)
    by_key = {one["key"]: one for one in done["outcomes"]}
    assert by_key["observed_likes"]["value"] == "likes: chess and green tea"
    assert by_key["observed_location"]["value"] == "location: Bonn, before that Rome and Oslo"
    assert (by_key["observed_location"]["kind"], by_key["observed_location"]["proof_count"]) == ("create", 3)
    assert by_key["observed_likes"]["entity_name"] == "alice"
    assert await values(acme, "observed_likes") == ["likes: chess and green tea"]
    shown = (await acme.http.get(f"{BASE}/entities/Person/alice")).json()["attributes"]
    assert by_key["observed_likes"]["observation_id"] in {row["id"] for row in shown}


async def test_observations_keep_in_step_with_the_facts(acme: App) -> None:
    await tell(acme, *LIKES)
    await consolidate(acme)
    assert (await consolidate(acme))["outcomes"] == []
    await tell(acme, "I like go.")
    (more,) = (await consolidate(acme))["outcomes"]
    assert (more["kind"], more["value"], more["proof_count"]) == ("update", "likes: chess, green tea and go", 3)
    await tell(acme, "I no longer like chess.")
    (fewer,) = (await consolidate(acme))["outcomes"]
    assert (fewer["kind"], fewer["value"]) == ("supersede", "likes: green tea and go")
    await tell(acme, "I no longer like go.")
    (none,) = (await consolidate(acme))["outcomes"]
    assert (none["kind"], none["proof_count"]) == ("supersede", 0)
    assert await values(acme, "observed_likes") == []
    assert (await consolidate(acme))["outcomes"] == []


async def test_a_rehearsal_writes_nothing(acme: App) -> None:
    await tell(acme, *LIKES, "My sister is Zelda.")
    before = await rows(acme)
    drawn, proposed = await consolidate(acme, dryRun=True), await elaborate(acme, dryRun=True)
    assert await rows(acme) == before
    assert (drawn["created"], drawn["dry_run"], drawn["outcomes"][0]["observation_id"]) == (1, True, None)
    assert (proposed["relations_emitted"], proposed["outcomes"][0]["dry_run"]) == (0, True)
    assert proposed["outcomes"][0]["proposed_relations"]


async def test_no_more_is_written_than_was_asked_for(acme: App) -> None:
    await tell(acme, *LIKES, *MOVES)
    assert len((await consolidate(acme, observationLimit=1))["outcomes"]) == 1
    assert len((await consolidate(acme))["outcomes"]) == 1
    few = await consolidate(acme, factLimit=1)
    assert few["superseded"] == 0


async def test_nothing_is_concluded_across_scopes_or_for_others(acme: App) -> None:
    await tell(acme, "I like chess.")
    await tell(acme, "I like go.", scope={"org": "acme", "user": "alice", "device": "phone"})
    assert (await consolidate(acme))["outcomes"] == []
    await tell(acme, "I like tea.")
    bob = await acme.agent(scope_floor={"org": "acme", "user": "bob"})
    assert (await bob.post(f"{BASE}/consolidate")).json()["outcomes"] == []
    assert (await bob.post(f"{BASE}/elaborate")).json()["outcomes"] == []
    alice = await acme.agent(scope_floor=ALICE)
    (seen,) = (await alice.post(f"{BASE}/consolidate")).json()["outcomes"]
    assert seen["value"] == "likes: chess and tea"


async def test_edges_are_read_from_their_other_end(acme: App) -> None:
    await tell(acme, "My sister is Zelda.", "Zelda works at Initech.", "Yorick works at Initech.")
    done = await elaborate(acme, entityRef="entity:Person/Zelda")
    (outcome,) = done["outcomes"]
    assert (outcome["entity_name"], outcome["entity_type"]) == ("Zelda", "Person")
    said = {(one["subject"]["name"], one["label"], one["object"]["name"]) for one in outcome["proposed_relations"]}
    assert said == {
        ("Zelda", "sibling", "alice"),
        ("Zelda", "colleague", "Yorick"),
        ("Yorick", "colleague", "Zelda"),
    }
    assert done["relations_emitted"] == outcome["relations_emitted"] == 3
    shown = (await acme.http.get(f"{BASE}/entities/Person/Yorick")).json()["relations"]
    assert {row["label"] for row in shown} == {"works_at", "colleague"}
    again = await elaborate(acme)
    assert (again["outcomes"], again["relations_emitted"]) == ([], 0)


async def test_elaborating_stays_within_its_budget(acme: App) -> None:
    await tell(acme, *(f"{name} works at Initech." for name in ("Zelda", "Yorick", "Xaver", "Wanda")))
    first = await elaborate(acme, budget=5, sweep=True)
    assert first["relations_emitted"] == 5
    assert (await elaborate(acme))["relations_emitted"] == 7


async def test_what_is_purged_is_in_no_observation(acme: App) -> None:
    await tell(acme, *LIKES, *MOVES)
    await consolidate(acme)
    for query in ("that I like chess", "Forget that I moved to Rome"):
        answer = await acme.http.post(f"{BASE}/forget", json={"query": query, "scope": ALICE, "purge": True})
        assert answer.json()["deleted"] > 0
    left = await rows(acme)
    assert "chess" not in left
    assert "Rome" not in left


@pytest.mark.parametrize(
    ("path", "body", "slug"),
    [
        ("elaborate", {"entityRef": "Person/Nobody"}, "not-found"),
        ("elaborate", {"entityRef": "/"}, "validation-error"),
        ("elaborate", {"entityRef": " "}, "validation-error"),
        ("elaborate", {"budget": 0}, "validation-error"),
        ("consolidate", {"factLimit": -1}, "validation-error"),
        ("consolidate", {"facts": 3}, "validation-error"),
    ],
)
async def test_rubbish_is_refused(acme: App, path: str, body: dict[str, Any], slug: str) -> None:
    assert slug_of(await acme.http.post(f"{BASE}/{path}", json=body)) == slug
