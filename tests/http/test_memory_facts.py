"""Facts and conversations over HTTP."""

import asyncio
from collections import Counter
from typing import Any

import pytest

from server.store.binding import Binding
from server.store.engine import Database
from tests.support.app import App

FACTS = "/api/v1/acme/facts"
ALICE = {"org": "acme", "user": "alice"}


def database_of(app: App) -> Database:
    return Database(app.server.engine, Binding("acme", "prod"))


async def contents(app: App) -> dict[str, list[Any]]:
    """Every row of the Context."""
    database = database_of(app)
    (info,) = await database.read("INFO FOR DB")
    return {table: await database.rows(f"SELECT * FROM {table} ORDER BY id") for table in sorted(info["tables"])}


def triple(subject: str, predicate: str, value: str) -> dict[str, str]:
    return {"subject": subject, "predicate": predicate, "object": value}


async def remember(app: App, **body: Any) -> dict[str, Any]:
    answer = await app.http.post(FACTS, json={"scope": ALICE, **body})
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


async def test_triples_are_taken_as_they_are(acme: App) -> None:
    triples = [
        triple("alice", "employer", "Acme"),
        triple("alice", "works_at", "Acme"),
        triple("alice", "sister", "Carol"),
        triple("Acme", "founded", "1999"),
        {
            "subject": {"name": "alice", "type": "Person"},
            "predicate": "uses",
            "object": {"name": "Vim", "type": "Thing"},
        },
    ]
    answer = await remember(acme, infer="triples", triples=triples)
    assert (answer["mode"], answer["pending"]) == ("triples", False)
    extraction = answer["extraction"]
    assert {(one["entity"]["name"], one["key"], one["value"]) for one in extraction["attributes"]} == {
        ("alice", "employer", "Acme"),
        ("Acme", "founded", "1999"),
        ("alice", "uses", "Vim"),
    }
    edges = {(one["subject"]["name"], one["label"], one["object"]["name"]) for one in extraction["relations"]}
    assert edges == {("alice", "sister", "Carol"), ("alice", "works_at", "Acme"), ("alice", "uses", "Vim")}
    rows = await database_of(acme).rows("SELECT source FROM attribute")
    assert {row["source"]["kind"] for row in rows} == {"document"}
    turns = await database_of(acme).rows("SELECT content FROM turn")
    assert turns[0]["content"].startswith("alice employer Acme. alice works at Acme.")


async def test_none_keeps_the_text_and_derives_nothing(acme: App) -> None:
    answer = await remember(acme, text="Alice lives in Berlin.", infer="none")
    assert answer["extraction"]["attributes"] == []
    rows = await contents(acme)
    assert [len(rows[table]) for table in ("session", "turn", "memory_chunk", "entity", "attribute")] == [1, 1, 1, 0, 0]
    assert rows["turn"][0]["extracted_at"] is not None


async def test_a_fact_may_join_a_session(acme: App) -> None:
    first = await remember(acme, text="One.", infer="none")
    second = await remember(acme, text="Two.", infer="none", session_id=first["session_id"])
    assert second["session_id"] == first["session_id"]
    third = await acme.http.post(FACTS, json={"text": "Three.", "sessionId": first["session_id"], "infer": "none"})
    assert third.status_code == 200
    turns = (await acme.http.get(f"/api/v1/acme/sessions/{first['session_id']}/turns")).json()["turns"]
    assert [(turn["seq"], turn["content"], turn["scope"]) for turn in turns] == [
        (1, "One.", ALICE),
        (2, "Two.", ALICE),
        (3, "Three.", ALICE),
    ]


@pytest.mark.parametrize("body", [{"text": "Alice moved to Rome."}, {"triples": [triple("alice", "location", "Rome")]}])
async def test_a_preview_writes_nothing(acme: App, body: dict[str, Any]) -> None:
    await remember(acme, infer="triples", triples=[triple("alice", "location", "Berlin")])
    await acme.server.traces.flush()
    before = await contents(acme)
    answer = await remember(acme, infer="preview", **body)
    assert (answer["mode"], answer["preview"], answer["session_id"]) == ("preview", True, "")
    await acme.server.traces.flush()
    assert await contents(acme) == before


async def test_a_preview_says_what_would_become_of_it(acme: App) -> None:
    await remember(acme, infer="triples", triples=[triple("alice", "location", "Berlin")])
    answer = await remember(acme, infer="preview", triples=[triple("alice", "location", "Rome")])
    (effect,) = answer["extraction"]["attributes"]
    assert (effect["action"], effect["previous"], effect["value"]) == ("superseded", "Berlin", "Rome")
    assert answer["extraction"]["corrections"][0]["old"] == "Berlin"


async def test_a_conversation_is_remembered_message_by_message(acme: App) -> None:
    messages = [
        {"role": "user", "content": "Hello.", "ts": "2024-05-01T10:00:00Z"},
        {"role": "assistant", "content": "Hi, how are you?", "ts": "2024-05-01T10:00:05+00:00"},
        {"role": "user", "content": "Fine."},
    ]
    answer = (await acme.http.post(f"{FACTS}/batch", json={"messages": messages, "scope": ALICE})).json()
    assert len(answer["turn_ids"]) == len(answer["extractions"]) == 3
    turns = (await acme.http.get(f"/api/v1/acme/sessions/{answer['session_id']}/turns")).json()["turns"]
    assert [turn["seq"] for turn in turns] == [1, 2, 3]
    assert turns[0]["occurred_at"].startswith("2024-05-01T10:00:00")
    whole = {"messages": messages, "scope": ALICE, "extract": "whole_conversation"}
    answer = (await acme.http.post(f"{FACTS}/batch", json=whole)).json()
    assert (len(answer["turn_ids"]), len(answer["extractions"])) == (3, 1)
    assert len(await database_of(acme).rows("SELECT id FROM memory_chunk")) == 6
    assert await database_of(acme).rows("SELECT id FROM turn WHERE extracted_at = NONE") == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": ""},
        {"infer": "triples", "text": "x"},
        {"infer": "full", "text": "x", "triples": [triple("a", "b", "c")]},
        {"infer": "triples", "triples": [{"subject": "a"}]},
        {"infer": "telepathy", "text": "x"},
        {"text": "x", "role": "bystander"},
        {"text": "x", "scopes": "nobody"},
        {"text": "x", "labels": "a=b"},
    ],
)
async def test_a_fact_that_makes_no_sense_is_refused(acme: App, body: dict[str, Any]) -> None:
    assert (await acme.http.post(FACTS, json=body)).status_code == 400
    assert (await contents(acme))["turn"] == []


async def test_every_write_leaves_a_trace_without_its_text(acme: App) -> None:
    answer = await remember(acme, text="Alice hides the key under the flowerpot.", infer="none", labels=["topic=home"])
    await acme.server.traces.flush()
    rows = await database_of(acme).rows("SELECT * FROM decision_trace")
    (trace,) = [row for row in rows if row["id"].id == answer["trace_id"]]
    assert (trace["kind"], trace["session_id"]) == ("remember", answer["session_id"])
    assert trace["written"]["turn"] == answer["turn_id"]
    assert "flowerpot" not in str(rows)
    assert (await database_of(acme).rows("SELECT labels FROM memory_chunk"))[0]["labels"] == ["topic=home"]


@pytest.mark.slow
async def test_a_thousand_duplicates_have_one_effect(acme: App) -> None:
    body = {"text": "Once.", "scope": ALICE, "infer": "none"}

    async def send() -> tuple[int, str]:
        answer = await acme.http.post(FACTS, json=body, headers={"Idempotency-Key": "same"})
        return answer.status_code, answer.json()["turn_id"]

    answers = Counter(await asyncio.gather(*(send() for _ in range(1000))))
    assert len(answers) == 1
    rows = await contents(acme)
    assert [len(rows[table]) for table in ("session", "turn", "memory_chunk")] == [1, 1, 1]
    other = await acme.http.post(FACTS, json=body | {"text": "Twice."}, headers={"Idempotency-Key": "same"})
    assert other.status_code == 409
