"""What is believed, over HTTP."""

from typing import Any

import pytest

from tests.support.app import App

BASE = "/api/v1/acme"
ALICE = {"org": "acme", "user": "alice"}


async def tell(app: App, *texts: str, scope: dict[str, str] | None = None) -> dict[str, Any]:
    """Say things as the user of the scope, a minute apart; the last answer."""
    answer: dict[str, Any] = {}
    for text in texts:
        response = await app.http.post(f"{BASE}/facts", json={"text": text, "scope": scope or ALICE})
        assert response.status_code == 200, response.text
        answer = response.json()
        app.clock.advance(60)
    return answer


async def ask(app: App, path: str, status: int = 200, **params: Any) -> dict[str, Any]:
    response = await app.http.get(f"{BASE}/{path}", params=params)
    assert response.status_code == status, response.text
    document: dict[str, Any] = response.json()
    return document


def facts(rows: list[dict[str, Any]]) -> set[tuple[str, str]]:
    return {(row["key"], row["value"]) for row in rows}


async def test_state_holds_what_is_believed_by_category(acme: App) -> None:
    await tell(acme, "I live in Berlin and work at Globex.", "Always answer in German.", "I moved to Munich.")
    state = await ask(acme, "state")
    assert {("location", "Munich"), ("employer", "Globex")} <= facts(state["identity"]["attributes"])
    assert ("location", "Berlin") not in facts(state["identity"]["attributes"])
    assert [one["description"] for one in state["instructions"]] == ["Always answer in German"]
    edges = {(one["subject"], one["label"], one["object"]) for one in state["identity"]["relations"]}
    assert ("Person/alice", "located_in", "Place/Munich") in edges
    assert {one["name"] for one in state["identity"]["entities"]} == {"alice"}
    assert state["trace_id"]
    asked = await acme.http.post(f"{BASE}/state", json={"scopes": [["org/acme", "user/alice"]]})
    assert facts(asked.json()["identity"]["attributes"]) == facts(state["identity"]["attributes"])
    other = await acme.http.post(f"{BASE}/state", json={"scope": {"user": "bob"}})
    assert other.json()["identity"]["attributes"] == []


async def test_state_of_another_time(acme: App) -> None:
    start = acme.clock.now().isoformat()
    await tell(acme, "I live in Berlin.")
    between = acme.clock.now().isoformat()
    acme.clock.advance(60)
    await tell(acme, "I moved to Munich.")
    for name in ("as_of", "asOf", "at_instant", "atInstant"):
        state = await ask(acme, "state", 200, **{name: between})
        assert facts(state["identity"]["attributes"]) == {("location", "Berlin")}
    assert (await ask(acme, "state", at_instant=start, as_of=between))["identity"]["attributes"] != []
    assert (await ask(acme, "state", as_of="2001-01-01T00:00:00Z"))["identity"]["attributes"] == []


async def test_instructions_and_doubts_begin_when_they_were_said(acme: App) -> None:
    await tell(acme, "Always be brief.", "I think Bob works at Google.")
    now, before = await ask(acme, "state"), await ask(acme, "state", as_of="2001-01-01T00:00:00Z")
    for kind in ("instructions", "unknowns"):
        assert now[kind]
        assert before[kind] == []
    told_late = {"text": "Never use emojis.", "ts": "2020-05-01T00:00:00Z"}
    answer = await acme.http.post(f"{BASE}/facts", json=told_late | {"scope": ALICE})
    assert answer.status_code == 200, answer.text
    since = await ask(acme, "state", as_of="2021-01-01T00:00:00Z")
    assert [one["description"] for one in since["instructions"]] == ["Never use emojis"]


async def test_the_history_of_one_turn_goes_along_its_chain(acme: App) -> None:
    await tell(acme, "I live in Rome. I moved to Oslo. I moved to Bern. I moved to Lima.")
    history = (await ask(acme, "entities/Person/alice/history/location"))["history"]
    assert [one["value"] for one in history] == ["Rome", "Oslo", "Bern", "Lima"]
    assert [one.get("superseded_by") for one in history] == [*(one["id"] for one in history[1:]), None]


async def test_a_moment_is_asked_for_once_and_in_one_form(acme: App) -> None:
    between = acme.clock.now().isoformat()
    assert (await acme.http.get(f"{BASE}/state", params={"as_of": between, "asOf": between})).status_code == 400
    assert (await acme.http.get(f"{BASE}/state", params={"as_of": "yesterday"})).status_code == 400


async def test_the_diff_tells_what_changed(acme: App) -> None:
    await tell(acme, "I live in Berlin.", "I like tea.", "My email is alice@acme.test.")
    since = acme.clock.now().isoformat()
    acme.clock.advance(1)
    await tell(
        acme, "I moved to Rome.", "I moved to Munich.", "I no longer like tea.", "Always be brief.", "I like chess."
    )
    diff = await ask(acme, "state/diff", since=since)
    assert [(one["key"], one["old"], one["new"]) for one in diff["changed"]] == [("location", "Berlin", "Munich")]
    assert facts(diff["ended"]) == {("likes", "tea")}
    assert facts(diff["added"]) == {("likes", "chess")}
    assert [one["description"] for one in diff["instructions_added"]] == ["Always be brief"]
    assert "Place/Munich" in {one["object"] for one in diff["relations_added"]}
    assert {one["object"] for one in diff["relations_ended"]} == {"Place/Berlin"}
    assert "Munich" in {one["name"] for one in diff["entities_added"]}
    assert (await acme.http.get(f"{BASE}/state/diff")).status_code == 400


async def test_the_profile_is_of_the_user(acme: App) -> None:
    await tell(acme, "My name is Alice Johnson.", "I love hiking.", "Bob lives in Oslo.", "I am working on a novel.")
    profile = await ask(acme, "profile", scope="org/acme/user/alice")
    assert ("name", "Alice Johnson") in facts(profile["static"])
    assert {key for key, _ in facts(profile["preferences"])} == {"likes"}
    assert facts(profile["dynamic"]) != set()
    assert "Oslo" not in str(profile)
    alice = await acme.agent(scope_floor=ALICE)
    own = (await alice.get(f"{BASE}/profile")).json()
    assert own["static"] == profile["static"]
    bob = await acme.agent(scope_floor={"org": "acme", "user": "bob"})
    assert (await bob.get(f"{BASE}/profile")).json()["static"] == []


async def test_entities_are_listed_shown_and_traced_back(acme: App) -> None:
    await tell(acme, "Bob lives in Oslo.", "Bob moved to Bergen.", "Bob works at Globex.")
    listed = await ask(acme, "entities")
    assert {(one["entity_type"], one["name"]) for one in listed["entities"]} >= {("Person", "Bob"), ("Place", "Oslo")}
    people = await ask(acme, "entities", type="person")
    assert [one["name"] for one in people["entities"]] == ["Bob"]
    paged = [(await ask(acme, "entities", limit=1, offset=number))["entities"][0]["id"] for number in range(3)]
    assert paged == [one["id"] for one in listed["entities"][:3]]
    shown = await ask(acme, "entities/Person/bob")
    assert shown["entity"]["name"] == "Bob"
    assert facts(shown["attributes"]) == {("location", "Bergen"), ("employer", "Globex")}
    history = (await ask(acme, "entities/Person/Bob/history/location"))["history"]
    assert [row["value"] for row in history] == ["Oslo", "Bergen"]
    assert history[0]["superseded_by"] == history[1]["id"]
    assert history[1]["supersedes"] == history[0]["id"]
    await ask(acme, "entities/Person/nobody", 404)
    await ask(acme, "entities/Person/Bob/history/shoe_size", 404)


async def test_the_history_as_it_was_known(acme: App) -> None:
    await tell(acme, "Bob lives in Oslo.")
    then = acme.clock.now().isoformat()
    acme.clock.advance(1)
    await tell(acme, "Bob moved to Bergen.")
    (row,) = (await ask(acme, "entities/Person/Bob/history/location", at_instant=then))["history"]
    assert (row["value"], row["valid_until"], row["superseded_by"]) == ("Oslo", None, None)


async def test_names_with_slashes_can_be_asked_for(acme: App) -> None:
    body = {
        "infer": "triples",
        "scope": ALICE,
        "triples": [{"subject": {"name": "A/B Testing", "type": "Thing"}, "predicate": "owner", "object": "Bob"}],
    }
    await acme.http.post(f"{BASE}/facts", json=body)
    shown = await acme.http.get(f"{BASE}/entities/Thing/a%2Fb%20testing")
    assert shown.json()["entity"]["name"] == "A/B Testing"
    past = await acme.http.get(f"{BASE}/entities/Thing/a%2Fb%20testing/history/owner")
    assert [row["value"] for row in past.json()["history"]] == ["Bob"]
    assert (await ask(acme, "inspect", ref="attribute:Thing/A/B Testing/owner"))["current"][0]["value"] == "Bob"


async def test_one_thing_in_full(acme: App) -> None:
    told = await tell(acme, "Bob lives in Oslo.", "Bob moved to Bergen.")
    entity = await ask(acme, "inspect", ref="entity:Person/Bob")
    assert (entity["kind"], facts(entity["attributes"])) == ("entity", {("location", "Bergen")})
    attribute = await ask(acme, "inspect", ref="attribute:Person/Bob/location")
    assert [row["value"] for row in attribute["current"]] == ["Bergen"]
    assert [row["value"] for row in attribute["history"]] == ["Oslo", "Bergen"]
    ended = await ask(acme, "inspect", ref="relation:Bob/located_in/Oslo")
    assert (ended["current"], len(ended["history"])) == ([], 1)
    held = await ask(acme, "inspect", ref="relation:Person:Bob/located_in/Bergen")
    assert len(held["current"]) == 1
    trace = await ask(acme, "inspect", ref=f"trace:{told['trace_id']}")
    assert trace["trace"]["kind"] == "remember"


@pytest.mark.parametrize(
    ("ref", "status"),
    [
        ("entity:Person/nobody", 404),
        ("attribute:Person/Bob/hat", 404),
        ("relation:Bob/knows/Carol", 404),
        ("trace:none", 404),
        ("entity:Person", 400),
        ("attribute:Person/Bob", 400),
        ("relation:Bob/knows", 400),
        ("planet:Mars", 400),
        ("Bob", 400),
        ("", 400),
    ],
)
async def test_a_reference_that_leads_nowhere(acme: App, ref: str, status: int) -> None:
    await tell(acme, "Bob lives in Oslo.")
    await ask(acme, "inspect", status, ref=ref)


async def test_an_entity_of_several_scopes_is_told_as_far_as_it_is_seen(acme: App) -> None:
    await tell(acme, "Bob lives in Oslo.", scope={"org": "acme"})
    await tell(acme, "Bob lives in Rome.")
    boss = await acme.agent(scope_floor={"org": "acme"})
    seen = (await boss.get(f"{BASE}/entities/Person/Bob")).json()
    assert {(row["value"], len(row["scope"])) for row in seen["attributes"]} == {("Oslo", 1), ("Rome", 2)}
    alice = await acme.agent(scope_floor=ALICE)
    seen = (await alice.get(f"{BASE}/entities/Person/Bob")).json()
    assert facts(seen["attributes"]) == {("location", "Rome")}
    merged = (await boss.get(f"{BASE}/entities/Person/Bob", params={"scope": "org/acme/user/alice"})).json()
    assert facts(merged["attributes"]) == {("location", "Rome")}
    merged = (
        await boss.get(f"{BASE}/entities/Person/Bob", params={"scope": "org/acme/user/alice", "scope_view": "merged"})
    ).json()
    assert facts(merged["attributes"]) == {("location", "Rome"), ("location", "Oslo")}
