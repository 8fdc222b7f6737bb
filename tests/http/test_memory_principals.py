"""Who may do what, told and changed over the data plane."""

from typing import Any

import httpx
import pytest

from tests.support.app import App

BASE = "/api/v1/acme"
AGENT = ["memory:read", "memory:write", "memory:forget", "documents:read", "documents:write"]
ALL = [*AGENT, "reflect:persist", "keys:mint"]


async def supervisor(app: App, **floor: str) -> httpx.AsyncClient:
    return await app.agent(principal="supervisor", scope_floor=floor)


async def answer(response: httpx.Response, status: int = 200) -> Any:
    assert response.status_code == status, response.text
    return response.json() if response.content else None


async def test_the_caller_learns_who_it_is(acme: App) -> None:
    minted = await acme.mint(name="app", scope_floor={"org": "acme"})
    agent = await acme.client(minted["secret"])
    me = await answer(await agent.get(f"{BASE}/me"))
    assert (me["principal_id"], me["display_name"], me["kind"]) == (minted["id"], "app", "agent")
    assert me["grants"] == {verb: ["org/acme/*"] for verb in AGENT}
    mine = await answer(await acme.http.get(f"{BASE}/me"))
    assert (mine["kind"], mine["grants"]["keys:mint"]) == ("management", ["*"])
    other = await acme.mint(name="other", scope_floor={"org": "acme", "user": "bo"})
    on_behalf = {"X-Memory-On-Behalf-Of": f"principal:{other['id']}"}
    acting = await answer(await agent.get(f"{BASE}/me", headers=on_behalf))
    assert acting["delegated_principal_id"] == other["id"]
    assert acting["grants"]["memory:read"] == ["org/acme/user/bo/*"]


async def test_principals_are_seen_inside_the_floor(acme: App) -> None:
    boss, bo = (
        await acme.mint(principal="supervisor", scope_floor={"org": "acme"}),
        await acme.mint(scope_floor={"org": "acme", "user": "bo"}),
    )
    beta = await acme.mint(scope_floor={"org": "beta"})
    for who, seen in ((boss, {boss["id"], bo["id"]}), (bo, {bo["id"]}), (beta, {beta["id"]})):
        client = await acme.client(who["secret"])
        listed = await answer(await client.get(f"{BASE}/principals"))
        assert {one["id"] for one in listed} == seen
    client = await acme.client(boss["secret"])
    shown = await answer(await client.get(f"{BASE}/principals/principal:{bo['id']}"))
    assert shown["grants"] == (await answer(await client.get(f"{BASE}/principals/{bo['id']}/grants")))["grants"]
    await answer(await client.get(f"{BASE}/principals/{beta['id']}"), 404)


@pytest.mark.parametrize(
    ("path", "verbs"), [("org/acme/user/bo", AGENT), ("org/acme/user/bo/team/x", AGENT), ("org/acme", []), ("*", [])]
)
async def test_what_a_principal_may_do_at_a_place(acme: App, path: str, verbs: list[str]) -> None:
    bo = await acme.mint(scope_floor={"org": "acme", "user": "bo"})
    told = await answer(await acme.http.get(f"{BASE}/principals/{bo['id']}/effective", params={"path": path}))
    assert (told["path"], told["verbs"]) == (path, verbs)


async def test_a_grant_takes_effect_at_once(acme: App) -> None:
    boss = await supervisor(acme, org="acme")
    minted = await acme.mint(scope_floor={"org": "acme", "user": "bo"})
    bo, grants = await acme.client(minted["secret"]), f"{BASE}/principals/{minted['id']}/grants"
    body = {"text": "For all of us.", "infer": "none", "scope": {"org": "acme"}}
    await answer(await bo.post(f"{BASE}/facts", json=body), 403)
    widened = await answer(await boss.post(grants, json={"path": "org/acme", "verbs": ["memory:write"]}))
    assert widened["grants"]["memory:write"] == ["org/acme/*"]
    await answer(await bo.post(f"{BASE}/facts", json=body))
    raised = await answer(await boss.post(grants, json={"path": "org/acme", "verbs": ["keys:mint"]}))
    assert raised["kind"] == "supervisor"
    lowered = await boss.request("DELETE", grants, json={"path": "org/acme", "verbs": ["keys:mint", "reflect:persist"]})
    assert (await answer(lowered))["kind"] == "agent"
    ended = await boss.request("DELETE", grants, json={"path": "org/acme", "verbs": AGENT})
    assert (await answer(ended))["grants"] == {}
    await answer(await bo.get(f"{BASE}/me"), 401)


@pytest.mark.parametrize(
    ("method", "path", "verbs", "status"),
    [
        ("POST", "org/beta", ["memory:read"], 422),
        ("POST", "*", ["memory:read"], 403),
        ("POST", "org/acme", ["memory:dream"], 400),
        ("POST", "org", ["memory:read"], 400),
        ("DELETE", "org/acme", ["memory:read"], 422),
        ("POST", "org/acme", [], 400),
    ],
)
async def test_what_cannot_be_granted_or_revoked(
    acme: App, method: str, path: str, verbs: list[str], status: int
) -> None:
    boss = await supervisor(acme, org="acme")
    bo = await acme.mint(scope_floor={"org": "acme", "user": "bo"})
    grants = f"{BASE}/principals/{bo['id']}/grants"
    await answer(await boss.request(method, grants, json={"path": path, "verbs": verbs}), status)
    assert (await answer(await boss.get(grants)))["grants"] == {verb: ["org/acme/user/bo/*"] for verb in AGENT}


async def test_an_agent_grants_nothing(acme: App) -> None:
    minted = await acme.mint(scope_floor={"org": "acme"})
    agent = await acme.client(minted["secret"])
    grant = {"path": "org/acme", "verbs": ["keys:mint"]}
    await answer(await agent.post(f"{BASE}/principals/{minted['id']}/grants", json=grant), 403)
    await answer(await agent.post(f"{BASE}/keys", json={"name": "mine"}), 403)
    await answer(await agent.get(f"{BASE}/keys"), 403)


async def test_keys_are_administered_by_name(acme: App) -> None:
    boss = await supervisor(acme, org="acme")
    body = {"name": "bo", "grants": {"memory:read": ["org/acme/user/bo/*"]}}
    minted = await answer(await boss.post(f"{BASE}/keys", json=body, params={"ttlSeconds": 3600}), 201)
    bo = await acme.client(minted["key"])
    me = await answer(await bo.get(f"{BASE}/me"))
    assert me["grants"]["memory:read"] == ["org/acme/user/bo/*"]
    listed = await answer(await boss.get(f"{BASE}/keys"))
    (detail,) = [one for one in listed if one["name"] == "bo"]
    assert detail["valid_until"] == minted["valid_until"]
    assert "key" not in detail
    rotated = await answer(await boss.post(f"{BASE}/keys/bo/rotate", params={"ttl_seconds": 7200}))
    assert rotated["valid_until"] > minted["valid_until"]
    await answer(await bo.get(f"{BASE}/me"), 401)
    bo = await acme.client(rotated["key"])
    await answer(await bo.get(f"{BASE}/me"))
    assert (await boss.delete(f"{BASE}/keys/bo")).status_code == 204
    await answer(await bo.get(f"{BASE}/me"), 401)
    await answer(await boss.delete(f"{BASE}/keys/bo"), 404)


async def test_no_key_is_wider_than_who_mints_it(acme: App) -> None:
    boss = await supervisor(acme, org="acme")
    for grants, status in (
        ({"memory:read": ["org/beta"]}, 403),
        ({"memory:read": "*"}, 403),
        ({"memory:read": ["org/acme"], "memory:write": ["org/acme/user/bo"]}, 422),
        ({"memory:everything": ["org/acme"]}, 400),
    ):
        await answer(await boss.post(f"{BASE}/keys", json={"name": "x", "grants": grants}), status)
    minted = await answer(await boss.post(f"{BASE}/keys"), 201)
    assert minted["name"].startswith("key-")
    assert minted["grants"]["memory:read"] == ["org/acme/*"]
    beta = await supervisor(acme, org="beta")
    await answer(await beta.delete(f"{BASE}/keys/{minted['name']}"), 404)
    await answer(await beta.post(f"{BASE}/keys/{minted['name']}/rotate"), 404)


async def test_the_account_of_accesses(acme: App) -> None:
    minted = await acme.mint(scope_floor={"org": "acme", "user": "bo"})
    bo = await acme.client(minted["secret"])
    cy = await acme.agent(scope_floor={"org": "acme", "user": "cy"})
    told = await answer(await bo.post(f"{BASE}/facts", json={"text": "I live in Berlin."}))
    acme.clock.advance(60)
    await answer(await bo.get(f"{BASE}/state"))
    await answer(await bo.post(f"{BASE}/forget", json={"query": "my location"}))
    account = await answer(await bo.get(f"{BASE}/audit"))
    assert [row["kind"] for row in account["rows"]] == ["decision", "retrieval", "decision"] or {
        row["operation"] for row in account["rows"]
    } == {"remember", "state", "forget"}
    (row,) = [one for one in account["rows"] if one["trace_id"] == told["trace_id"]]
    assert (row["principal"], row["kind"]) == (minted["id"], "decision")
    assert row["rows_touched"] > 0
    (event,) = account["events"]
    assert (event["action"], event["outcome"]) == ("memory.forget", "done")
    assert "Berlin" not in str(account)
    reads = await answer(await bo.get(f"{BASE}/audit", params={"kind": "retrieval"}))
    assert {one["operation"] for one in reads["rows"]} == {"state"}
    recent = await answer(await bo.get(f"{BASE}/audit", params={"since": "2026-01-01T00:00:30Z", "limit": 1}))
    assert len(recent["rows"]) == 1
    assert (await answer(await cy.get(f"{BASE}/audit")))["rows"] == []
    assert len((await answer(await acme.http.get(f"{BASE}/audit", params={"key": minted["id"]})))["rows"]) == 3
    await answer(await bo.get(f"{BASE}/audit", params={"kind": "gossip"}), 400)
