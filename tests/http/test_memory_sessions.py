"""Sessions and turns over HTTP."""

import asyncio

import pytest

from tests.support.app import App

SESSIONS = "/api/v1/acme/sessions"


async def test_a_session_holds_turns_in_order(acme: App) -> None:
    agent = await acme.agent(scope_floor={"org": "acme"})
    made = await agent.post(SESSIONS, json={"scope": {"org": "acme", "user": "bo"}, "metadata": {"channel": "web"}})
    assert made.status_code == 201
    session = made.json()
    assert session["scopes"] == [["org/acme", "user/bo"]]
    assert session["trace_id"] == made.headers["x-trace-id"]
    for number in range(3):
        body = {"role": "user", "content": f"Message {number}.", "infer": "none"}
        added = await agent.post(f"{SESSIONS}/{session['id']}/turns", json=body)
        assert added.status_code == 201
        assert (added.json()["seq"], added.json()["pending"]) == (number + 1, False)
        assert added.json()["chunk_id"]
    listed = (await agent.get(f"{SESSIONS}/{session['id']}/turns", params={"limit": 2, "offset": 1})).json()
    assert [turn["content"] for turn in listed["turns"]] == ["Message 1.", "Message 2."]
    assert listed["has_more"] is False
    shown = (await agent.get(f"{SESSIONS}/{session['id']}")).json()
    assert (shown["turn_count"], shown["metadata"]) == (3, {"channel": "web"})


async def test_concurrent_turns_get_each_number_once(acme: App) -> None:
    session = (await acme.http.post(SESSIONS)).json()["id"]

    async def add(number: int) -> int:
        body = {"role": "user", "content": f"Number {number}.", "infer": "none"}
        answer = await acme.http.post(f"{SESSIONS}/{session}/turns", json=body)
        seq: int = answer.json()["seq"]
        return seq

    assert sorted(await asyncio.gather(*(add(number) for number in range(32)))) == list(range(1, 33))


async def test_sessions_are_seen_in_their_scope_alone(acme: App) -> None:
    bo = await acme.agent(scope_floor={"org": "acme", "user": "bo"})
    cy = await acme.agent(scope_floor={"org": "acme", "user": "cy"})
    boss = await acme.agent(scope_floor={"org": "acme"})
    session = (await bo.post(SESSIONS)).json()["id"]
    for path in (f"{SESSIONS}/{session}", f"{SESSIONS}/{session}/turns"):
        assert (await bo.get(path)).status_code == 200
        assert (await boss.get(path)).status_code == 200
        assert (await cy.get(path)).status_code == 404
    turn = {"role": "user", "content": "Hello."}
    assert (await cy.post(f"{SESSIONS}/{session}/turns", json=turn)).status_code == 404
    assert [each["id"] for each in (await boss.get(SESSIONS)).json()["sessions"]] == [session]
    assert (await cy.get(SESSIONS)).json()["sessions"] == []


async def test_a_turn_may_be_narrower_than_its_session_and_never_wider(acme: App) -> None:
    boss = await acme.agent(scope_floor={"org": "acme"})
    bo = await acme.agent(scope_floor={"org": "acme", "user": "bo"})
    session = (await boss.post(SESSIONS)).json()["id"]
    turns = f"{SESSIONS}/{session}/turns"
    narrow = {"role": "user", "content": "Between us.", "scopes": [["org/acme", "user/cy"]]}
    assert (await boss.post(turns, json=narrow)).json()["scope"] == {"org": "acme", "user": "cy"}
    assert (await boss.post(turns, json={"role": "user", "content": "For all."})).json()["scope"] == {"org": "acme"}
    own = (await bo.post(SESSIONS)).json()["id"]
    wide = {"role": "user", "content": "For all.", "scope": {"org": "acme"}}
    assert (await bo.post(f"{SESSIONS}/{own}/turns", json=wide)).status_code == 403
    assert (await boss.post(f"{SESSIONS}/{own}/turns", json=wide)).status_code == 400
    assert [turn["content"] for turn in (await boss.get(turns)).json()["turns"]] == ["Between us.", "For all."]


async def test_whoever_is_confined_adds_to_a_general_session_in_their_own_scope(acme: App) -> None:
    general = (await acme.http.post(SESSIONS)).json()["id"]
    bo = await acme.agent(scope_floor={"org": "acme", "user": "bo"})
    added = await bo.post(f"{SESSIONS}/{general}/turns", json={"role": "user", "content": "Mine."})
    assert added.json()["scope"] == {"org": "acme", "user": "bo"}


@pytest.mark.parametrize(
    "body",
    [
        {"role": "narrator", "content": "Once upon a time."},
        {"role": "user", "content": ""},
        {"role": "user", "content": "   "},
        {"content": "No role."},
        {"role": "user", "content": "x", "infer": "guess"},
        {"role": "user", "content": "x", "memory_category": "gossip"},
        {"role": "user", "content": "x", "ts": "yesterday"},
        {"role": "user", "content": "x", "scope": 5},
        {"role": "user", "content": "x" * 200_001},
    ],
)
async def test_a_turn_that_makes_no_sense_is_refused(acme: App, body: dict[str, object]) -> None:
    session = (await acme.http.post(SESSIONS)).json()["id"]
    assert (await acme.http.post(f"{SESSIONS}/{session}/turns", json=body)).status_code == 400
    assert (await acme.http.get(f"{SESSIONS}/{session}/turns")).json()["turns"] == []


async def test_a_turn_needs_a_session_that_is_there(acme: App) -> None:
    turn = {"role": "user", "content": "Hello?"}
    assert (await acme.http.post(f"{SESSIONS}/nowhere/turns", json=turn)).status_code == 404
