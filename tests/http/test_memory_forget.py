"""Forgetting over HTTP: hidden from every read and brought back, or erased from every row."""

from typing import Any

import pytest

from server.store.binding import Binding
from server.store.engine import Database
from tests.support.app import App

BASE = "/api/v1/acme"
ADMIN = "/api/v1/contexts/acme"
ALICE = {"org": "acme", "user": "alice"}
READS = ("state", "profile", "entities", "sessions", "state/diff?since=2025-01-01T00:00:00Z", "scopes")


def database_of(app: App) -> Database:
    return Database(app.server.engine, Binding("acme", "prod"))


async def tell(app: App, *texts: str, scope: dict[str, str] | None = None) -> None:
    """A conversation, a minute a message."""
    session = (await app.http.post(f"{BASE}/sessions", json={"scope": scope or ALICE})).json()["id"]
    for text in texts:
        added = await app.http.post(f"{BASE}/sessions/{session}/turns", json={"role": "user", "content": text})
        assert added.status_code == 201, added.text
        app.clock.advance(60)


async def forget(app: App, query: str, **body: Any) -> dict[str, Any]:
    answer = await app.http.post(f"{BASE}/forget", json={"query": query, "scope": ALICE, **body})
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


async def read(app: App) -> str:
    """Everything that any read answers."""
    answers = [(await app.http.get(f"{BASE}/{path}")).text for path in READS]
    sessions = (await app.http.get(f"{BASE}/sessions")).json()["sessions"]
    answers += [(await app.http.get(f"{BASE}/sessions/{one['id']}/turns")).text for one in sessions]
    return "\n".join(answers)


async def rows(app: App) -> str:
    """Every row of the Context as text, vectors left out."""
    await app.server.traces.flush()
    database = database_of(app)
    (info,) = await database.read("INFO FOR DB")
    held = {table: await database.rows(f"SELECT * OMIT embedding FROM {table}") for table in sorted(info["tables"])}
    return repr(held)


async def dump(app: App) -> str:
    """What a backup of the Context would carry."""
    return (await app.http.get("/api/v1/contexts/acme/export", params={"format": "literals"})).text


async def current(app: App, key: str) -> list[str]:
    state = (await app.http.get(f"{BASE}/state")).json()
    rows = [row for category in ("identity", "knowledge", "context") for row in state[category]["attributes"]]
    return sorted(row["value"] for row in rows if row["key"] == key)


async def links_lead_somewhere(app: App) -> None:
    database = database_of(app)
    for table in ("entity", "attribute", "relates_to", "instruction", "uncertainty", "memory_chunk"):
        for row in await database.rows(f"SELECT id, source_turn FROM {table} WHERE source_turn != NONE"):
            assert await database.row("SELECT id FROM $id", {"id": row["source_turn"]}), row
    for link in ("supersedes", "superseded_by", "entity"):
        for row in await database.rows(f"SELECT id, {link} FROM attribute WHERE {link} != NONE"):
            assert await database.row("SELECT id FROM $id", {"id": row[link]}), row


async def test_a_forgotten_entity_is_gone_from_every_read_and_can_come_back(acme: App) -> None:
    await tell(acme, "I live in Berlin.", "Zelda lives in Oslo.", "Zelda moved to Bergen.", "My sister is Zelda.")
    before = await read(acme)
    assert "Zelda" in before
    assert (await acme.http.delete(f"{BASE}/entities/Person/zelda")).status_code == 204
    hidden = await read(acme)
    assert "Zelda" not in hidden
    assert "Bergen" not in hidden
    assert await current(acme, "location") == ["Berlin"]
    past = {"at_instant": "2026-01-01T00:03:00Z"}
    assert "Zelda" not in (await acme.http.get(f"{BASE}/state", params=past)).text
    for path in ("entities/Person/Zelda", "entities/Person/Zelda/history/location", "inspect?ref=entity:Person/Zelda"):
        assert (await acme.http.get(f"{BASE}/{path}")).status_code == 404
    held = await database_of(acme).rows("SELECT valid_until FROM attribute WHERE forgotten_at != NONE")
    assert held
    assert all(row["valid_until"] for row in held)

    acme.clock.advance(60)
    back = await acme.http.post(f"{ADMIN}/entities/Person/Zelda/reinstate")
    assert back.status_code == 200
    assert back.json()["reinstated"] == sum(back.json()["counts"].values()) > 5
    assert await current(acme, "location") == ["Bergen", "Berlin"]
    history = (await acme.http.get(f"{BASE}/entities/Person/Zelda/history/location")).json()["history"]
    assert [(row["value"], row["valid_until"] is None) for row in history] == [("Oslo", False), ("Bergen", True)]
    await tell(acme, "Zelda moved to Tromso.")
    assert await current(acme, "location") == ["Berlin", "Tromso"]
    again = await acme.http.post(f"{ADMIN}/entities/Person/Zelda/reinstate")
    assert again.status_code == 404


async def test_what_was_said_since_stays_when_an_entity_comes_back(acme: App) -> None:
    await tell(acme, "Zelda lives in Oslo.", "Zelda likes chess.")
    await acme.http.delete(f"{BASE}/entities/Person/Zelda")
    forgotten = await database_of(acme).rows("SELECT id FROM entity WHERE name = 'Zelda' AND forgotten_at != NONE")
    assert len(forgotten) == 1
    await tell(acme, "Zelda lives in Rome.")
    shown = (await acme.http.get(f"{BASE}/entities/Person/Zelda")).json()
    assert {(row["key"], row["value"]) for row in shown["attributes"]} == {("location", "Rome")}


async def test_an_erased_entity_is_in_no_row(acme: App) -> None:
    await tell(
        acme,
        "I live in Berlin.",
        "Zelda lives in Oslo.",
        "Zelda moved to Bergen.",
        "Maybe Zelda is a spy.",
        "I like tea.",
    )
    await acme.http.get(f"{BASE}/inspect", params={"ref": "entity:Person/Zelda"})
    assert "Zelda" in await rows(acme)
    gone = await acme.http.delete(f"{ADMIN}/entities/Person/Zelda", params={"hard": True})
    assert gone.status_code == 204
    left = await rows(acme)
    for word in ("Zelda", "zelda", "moved to Bergen", "Oslo."):
        assert word not in left
    assert await current(acme, "location") == ["Berlin"]
    await links_lead_somewhere(acme)
    (event,) = await database_of(acme).rows("SELECT * FROM audit_event WHERE action = 'memory.erase'")
    assert event["detail"]["counts"]["entity"] == len(["Zelda", "Oslo", "Bergen"])
    assert (await acme.http.post(f"{ADMIN}/entities/Person/Zelda/reinstate")).status_code == 404
    assert (await acme.http.delete(f"{ADMIN}/entities/Person/Zelda")).status_code == 404


async def test_each_deletion_and_reinstatement_leaves_an_event_without_content(acme: App) -> None:
    await tell(acme, "Zelda lives in Oslo.", "Zelda moved to Bergen.")
    entity = f"{ADMIN}/entities/Person/Zelda"
    assert (await acme.http.delete(entity)).status_code == 204
    acme.clock.advance(60)
    assert (await acme.http.post(f"{entity}/reinstate")).status_code == 200
    assert (await acme.http.delete(entity, params={"hard": True})).status_code == 204
    events = await database_of(acme).rows("SELECT * FROM audit_event")
    assert sorted(event["action"] for event in events) == ["memory.erase", "memory.forget", "memory.reinstate"]
    assert all(sum(event["detail"]["counts"].values()) > 1 for event in events)
    for word in ("zelda", "oslo", "bergen"):
        assert word not in str(events).casefold()


TOLD = (
    "I live in Berlin.",
    "Zelda lives in Oslo.",
    "Zelda works at Globex.",
    "My email address is alice@acme.test.",
    "I like chess.",
    "I moved to Munich.",
    "Always answer in German.",
)


@pytest.mark.parametrize(
    ("query", "gone", "stays"),
    [
        ("entity:Person/Zelda", "Zelda", "Berlin"),
        ("everything about Zelda", "Zelda", "Berlin"),
        ("attribute:Person/Zelda/location", "Oslo", "Zelda"),
        ("Zelda's location", "Oslo", "Zelda"),
        ("my email address", "alice@acme.test", "Zelda"),
        ("that I like chess", "chess", "Berlin"),
        ("relation:Zelda/located_in/Oslo", "Oslo", "Zelda"),
        ("Forget that I moved to Munich", "Munich", "Zelda"),
        ("always answer in German", "German", "Zelda"),
    ],
)
async def test_what_a_query_names_is_forgotten(acme: App, query: str, gone: str, stays: str) -> None:
    await tell(acme, *TOLD)
    planned = await forget(acme, query, dry_run=True)
    assert planned["deleted"] == 0
    assert gone in await read(acme)
    done = await forget(acme, query)
    assert done["deleted"] == planned["would_delete"] > 0
    text = await read(acme)
    assert stays in text
    assert gone not in text
    assert gone in await rows(acme)


@pytest.mark.parametrize(
    ("query", "gone"),
    [("Zelda's location", "Oslo"), ("that I like chess", "chess"), ("Forget that I moved to Munich", "Munich")],
)
async def test_what_is_purged_is_in_no_row_and_no_dump(acme: App, query: str, gone: str) -> None:
    await tell(acme, *TOLD)
    assert gone in await dump(acme)
    assert (await forget(acme, query, purge=True))["purged"] is True
    assert gone not in await rows(acme)
    assert gone not in await dump(acme)
    assert "Zelda" in await read(acme)
    await links_lead_somewhere(acme)


@pytest.mark.parametrize(
    "query", ["unicorns", "my hobby", "entity:Person/Yorick", "relation:Zelda/knows/Oslo", "turn:no"]
)
async def test_what_is_not_known_cannot_be_forgotten(acme: App, query: str) -> None:
    await tell(acme, "I live in Berlin.", "Zelda lives in Oslo.")
    before = await rows(acme)
    assert (await forget(acme, query))["deleted"] == 0
    assert (await rows(acme)).count("forgotten_at") == before.count("forgotten_at") == 0


async def test_a_general_word_must_be_said_in_full(acme: App) -> None:
    await tell(acme, "I like chess.", "I like tea.")
    assert (
        await acme.http.post(f"{BASE}/forget", json={"query": "forget everything", "scope": ALICE})
    ).status_code == 400
    assert (await forget(acme, "like"))["deleted"] > 0
    assert await current(acme, "likes") == []


async def test_a_session_is_forgotten_with_its_turns_and_what_it_taught_stays(acme: App) -> None:
    await tell(acme, "I live in Berlin.")
    session = (await acme.http.get(f"{BASE}/sessions")).json()["sessions"][0]["id"]
    bob = await acme.agent(scope_floor={"org": "acme", "user": "bob"})
    assert (await bob.delete(f"{BASE}/sessions/{session}")).status_code == 404
    assert (await acme.http.delete(f"{BASE}/sessions/{session}")).status_code == 204
    assert (await acme.http.get(f"{BASE}/sessions/{session}")).status_code == 404
    assert (await acme.http.get(f"{BASE}/sessions/{session}/turns")).status_code == 404
    turn = {"role": "user", "content": "Hello?"}
    assert (await acme.http.post(f"{BASE}/sessions/{session}/turns", json=turn)).status_code == 404
    assert await current(acme, "location") == ["Berlin"]
    assert (await acme.http.delete(f"{BASE}/sessions/{session}")).status_code == 404


async def test_an_erased_session_leaves_no_text(acme: App) -> None:
    await tell(acme, "I live in Berlin, under the old walnut.")
    session = (await acme.http.get(f"{BASE}/sessions")).json()["sessions"][0]["id"]
    assert (await acme.http.delete(f"{BASE}/sessions/{session}", params={"hard": True})).status_code == 204
    assert "under the old walnut" not in await rows(acme)
    assert await current(acme, "location") == ["Berlin"]
    await links_lead_somewhere(acme)


async def test_nobody_forgets_for_others(acme: App) -> None:
    await tell(acme, "Zelda lives in Oslo.", scope={"org": "acme", "user": "bob"})
    await tell(acme, "Zelda lives in Rome.", scope={"org": "acme"})
    await acme.http.post(
        f"{BASE}/facts", json={"infer": "triples", "triples": [{"subject": "Zelda", "predicate": "age", "object": "9"}]}
    )
    alice = await acme.agent(scope_floor=ALICE)
    assert (await alice.post(f"{BASE}/forget", json={"query": "Zelda"})).json()["deleted"] == 0
    assert (await alice.delete(f"{BASE}/entities/Person/Zelda")).status_code == 404
    bob = await acme.agent(scope_floor={"org": "acme", "user": "bob"})
    assert (await bob.post(f"{BASE}/forget", json={"query": "Zelda", "purge": True})).json()["deleted"] > 0
    assert await current(acme, "location") == ["Rome"]
    assert await current(acme, "age") == ["9"]
    wide = {"query": "Zelda", "scope": {"org": "acme"}}
    assert (await bob.post(f"{BASE}/forget", json=wide)).json()["deleted"] == 0


async def test_a_scope_is_erased_with_all_below_it(acme: App) -> None:
    await tell(acme, "Zelda lives in Oslo.")
    await tell(acme, "Yorick lives in Rome.", scope={"org": "acme"})
    await tell(acme, "Xaver lives in Bonn.", scope={"org": "acme", "user": "bob"})
    boss = await acme.agent(scope_floor={"org": "acme"})
    place = {"path": "org/acme/user/alice", "displayName": "Alice of Acme"}
    assert (await boss.post(f"{BASE}/scopes", json=place)).json()["path"] == "org/acme/user/alice"
    paths = {one["path"]: one for one in (await boss.get(f"{BASE}/scopes")).json()}
    assert set(paths) == {"org/acme", "org/acme/user/alice", "org/acme/user/bob"}
    assert paths["org/acme/user/alice"]["display_name"] == "Alice of Acme"
    before = await rows(acme)
    counted = await boss.post(f"{BASE}/scopes/forget", json={"path": "org/acme/user/alice", "dry_run": True})
    assert counted.json()["dry_run"]
    assert await rows(acme) == before
    gone = await boss.post(f"{BASE}/scopes/forget", json={"path": "org/acme/user/alice"})
    assert gone.json()["counts"] == counted.json()["counts"]
    assert gone.json()["forgotten"] > 3
    left = await rows(acme)
    for word in ("Zelda", "zelda", "Oslo", "Alice of Acme"):
        assert word not in left
    assert "Yorick" in left
    assert "Xaver" in left
    await links_lead_somewhere(acme)
    alice = await acme.agent(scope_floor=ALICE)
    assert (await alice.post(f"{BASE}/scopes/forget", json={"path": "org/acme"})).status_code == 403
    assert (await alice.post(f"{BASE}/scopes/forget")).status_code == 200
    assert (await acme.http.post(f"{BASE}/scopes/forget")).status_code == 400


async def test_places_come_and_go(acme: App) -> None:
    for _ in range(2):
        made = await acme.http.post(
            f"{BASE}/scopes", json={"path": "org/acme/team/blue", "description": "The blue ones"}
        )
        assert made.status_code == 201
    (place,) = (await acme.http.get(f"{BASE}/scopes")).json()
    assert (place["registered"], place["tombstoned_at"]) == (True, None)
    removed = await acme.http.delete(f"{BASE}/scopes", params={"path": "team/blue/org/acme"})
    assert removed.status_code == 204
    (place,) = (await acme.http.get(f"{BASE}/scopes")).json()
    assert place["tombstoned_at"]
    assert (await acme.http.delete(f"{BASE}/scopes", params={"path": "org/beta"})).status_code == 404
    again = (await acme.http.post(f"{BASE}/scopes", json={"path": "org/acme/team/blue"})).json()
    assert (again["tombstoned_at"], again["description"]) == (None, "The blue ones")
    alice = await acme.agent(scope_floor=ALICE)
    assert (await alice.post(f"{BASE}/scopes", json={"path": "org/beta"})).status_code == 403
    assert (await alice.get(f"{BASE}/scopes")).json() == []


async def test_an_act_of_forgetting_that_took_no_entity_can_be_undone(acme: App) -> None:
    await tell(acme, "I live in Berlin.", "Zelda lives in Oslo.")
    listed = (await acme.http.get(f"{BASE}/sessions")).json()["sessions"]
    held = await rows(acme)
    body = {"query": f"session:{listed[0]['id']}"}
    forgotten = (await acme.http.post(f"{BASE}/forget", json=body)).json()
    assert "entity" not in forgotten["counts"]
    assert "Berlin" not in str((await acme.http.get(f"{BASE}/sessions")).json())

    undone = f"{ADMIN}/audit/{forgotten['audit_id']}/reinstate"
    acme.clock.advance(60)
    back = await acme.http.post(undone)
    assert (back.status_code, back.json()["counts"]) == (200, forgotten["counts"])
    assert [one["id"] for one in (await acme.http.get(f"{BASE}/sessions")).json()["sessions"]] == [
        one["id"] for one in listed
    ]
    assert "Berlin" in await rows(acme)
    assert "Berlin" in held
    assert (await acme.http.post(undone)).status_code == 404


async def test_only_an_act_of_forgetting_can_be_undone_and_only_that_one(acme: App) -> None:
    await tell(acme, "Zelda lives in Oslo.", "Quirin lives in Rome.")
    first = (await acme.http.post(f"{BASE}/forget", json={"query": "entity:Person/Zelda"})).json()
    acme.clock.advance(1)
    second = (await acme.http.post(f"{BASE}/forget", json={"query": "entity:Person/Quirin"})).json()
    assert (await acme.http.post(f"{ADMIN}/audit/{second['audit_id']}/reinstate")).status_code == 200
    assert await current(acme, "location") == ["Rome"]
    erased = (await acme.http.post(f"{BASE}/forget", json={"query": "entity:Person/Quirin", "purge": True})).json()
    for event in (erased["audit_id"], "20260101000000000000-none", first["audit_id"] + "x"):
        refused = await acme.http.post(f"{ADMIN}/audit/{event}/reinstate")
        assert refused.status_code == 404
        assert "memory.forget" in refused.json()["detail"]
    agent = await acme.agent()
    assert (await agent.post(f"{ADMIN}/audit/{first['audit_id']}/reinstate")).status_code == 403
