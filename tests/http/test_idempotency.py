"""The Idempotency-Key header: one effect, one answer, for whoever sent it first."""

import asyncio
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from server.control.answers import CLEARED_AT_ONCE, KEPT
from server.store.binding import METADATA, Binding
from server.store.embedded import EmbeddedEngine
from tests.http.problem import problem_of, slug_of
from tests.support.app import App, running
from tests.support.clock import FakeClock
from tests.support.engines import WatchedEngine

KEYS = "/api/v1/contexts/acme/keys"
BINDING = Binding("acme", "prod")
ONCE = {"idempotency-key": "one"}
MINT = {"name": "app", "principal": "supervisor"}


async def names(app: App) -> list[str]:
    return [key["name"] for key in (await app.http.get(KEYS)).json()["keys"]]


async def claims(app: App) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = (await app.server.engine.read(METADATA, "SELECT * FROM idempotency"))[0]
    return rows


async def test_the_same_request_again_gets_the_same_answer_and_does_nothing(acme: App) -> None:
    first = await acme.http.post(KEYS, json=MINT, headers=ONCE)
    again = await acme.http.post(KEYS, json=MINT, headers=ONCE)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert again.headers["content-type"] == first.headers["content-type"]
    assert again.headers["x-request-id"] != first.headers["x-request-id"]
    assert await names(acme) == ["app"]


async def test_an_answer_without_a_body_is_repeated_too(acme: App) -> None:
    for _ in range(2):
        assert (await acme.http.delete("/api/v1/contexts/acme", headers=ONCE)).status_code == 204


async def test_another_request_under_the_same_key_is_a_conflict(acme: App) -> None:
    await acme.http.post(KEYS, json=MINT, headers=ONCE)
    for method, url, body in (
        ("POST", KEYS, {**MINT, "name": "other"}),
        ("POST", f"{KEYS}?", {**MINT, "principal": "agent"}),
        ("PATCH", "/api/v1/contexts/acme", {"config": {}}),
        ("DELETE", "/api/v1/contexts/acme", None),
    ):
        answer = await acme.http.request(method, url, json=body, headers=ONCE)
        assert slug_of(answer) == "conflict"
        assert "Idempotency-Key" in problem_of(answer)["detail"]
    assert await names(acme) == ["app"]


async def test_a_query_is_part_of_the_request(acme: App) -> None:
    assert (await acme.http.delete("/api/v1/contexts/acme?dry_run=true", headers=ONCE)).status_code == 200
    assert slug_of(await acme.http.delete("/api/v1/contexts/acme", headers=ONCE)) == "conflict"


async def test_fifty_at_once_have_one_effect(acme: App) -> None:
    answers = await asyncio.gather(*(acme.http.post(KEYS, json=MINT, headers=ONCE) for _ in range(50)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["secret"] for answer in answers}) == 1
    assert sum("idempotency-replayed" not in answer.headers for answer in answers) == 1
    assert await names(acme) == ["app"]


async def test_fifty_at_once_in_two_processes_have_one_effect(tmp_path: Path, clock: FakeClock) -> None:
    inner = EmbeddedEngine(None, clock)
    engine = WatchedEngine(inner)
    async with running(tmp_path, clock=clock, engine=engine) as here:
        await here.context()
        async with running(tmp_path, clock=clock, engine=engine, key=here.key) as there:
            answers = await asyncio.gather(
                *(app.http.post(KEYS, json=MINT, headers=ONCE) for _ in range(25) for app in (here, there))
            )
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.json()["secret"] for answer in answers}) == 1
        assert await names(here) == ["app"]
    await inner.close()


async def test_answers_are_forgotten_after_a_day(acme: App, clock: FakeClock) -> None:
    first = await acme.http.post(KEYS, json=MINT, headers=ONCE)
    clock.advance(KEPT.total_seconds() - 1)
    assert (await acme.http.post(KEYS, json=MINT, headers=ONCE)).json() == first.json()
    clock.advance(1)
    assert slug_of(await acme.http.post(KEYS, json=MINT, headers=ONCE)) == "conflict"
    assert (await acme.http.post(KEYS, json={**MINT, "name": "other"}, headers=ONCE)).status_code == 201


async def test_old_answers_do_not_pile_up(acme: App, clock: FakeClock) -> None:
    for number in range(CLEARED_AT_ONCE + 5):
        await acme.http.patch("/api/v1/contexts/acme", json={"config": {}}, headers={"idempotency-key": f"k{number}"})
    clock.advance(timedelta(days=2).total_seconds())
    for number in range(2):
        await acme.http.patch("/api/v1/contexts/acme", json={"config": {}}, headers={"idempotency-key": f"n{number}"})
    assert len(await claims(acme)) == 2


async def test_what_failed_may_be_tried_again_under_the_same_key(acme: App) -> None:
    assert slug_of(await acme.http.post(KEYS, json={"name": ""}, headers=ONCE)) == "validation-error"
    assert slug_of(await acme.http.post("/api/v1/contexts/none/keys", json=MINT, headers=ONCE)) == "context-not-found"
    assert await claims(acme) == []
    assert (await acme.http.post(KEYS, json=MINT, headers=ONCE)).status_code == 201


async def test_reading_needs_no_claim(acme: App) -> None:
    assert (await acme.http.get(KEYS, headers=ONCE)).status_code == 200
    assert await claims(acme) == []


async def test_callers_do_not_share_answers(acme: App) -> None:
    supervisor = await acme.agent(principal="supervisor", name="one")
    other = await acme.agent(principal="supervisor", name="two")
    mine = await supervisor.post(KEYS, json=MINT, headers=ONCE)
    assert mine.status_code == 201
    assert slug_of(await other.post(KEYS, json=MINT, headers=ONCE)) == "conflict"
    assert slug_of(await acme.http.post(KEYS, json=MINT, headers=ONCE)) == "conflict"
    assert "secret" not in (await other.post(KEYS, json=MINT, headers=ONCE)).json()


async def test_acting_for_somebody_else_is_being_another_caller(acme: App) -> None:
    supervisor = await acme.agent(principal="supervisor")
    assert (await supervisor.post(KEYS, json=MINT, headers=ONCE)).status_code == 201
    delegated = await supervisor.post(KEYS, json=MINT, headers={**ONCE, "x-spectron-on-behalf-of": "agent"})
    assert slug_of(delegated) == "forbidden"


async def test_a_rotated_key_is_still_the_same_caller(acme: App) -> None:
    minted = await acme.mint(principal="supervisor")
    before = await acme.client(minted["secret"])
    first = await before.post(KEYS, json=MINT, headers=ONCE)
    rotated = (await acme.http.post(f"{KEYS}/{minted['id']}/rotate")).json()
    after = await acme.client(rotated["secret"])
    assert (await after.post(KEYS, json=MINT, headers=ONCE)).json() == first.json()


async def test_kept_answers_hold_no_plain_secret(acme: App) -> None:
    secret = (await acme.http.post(KEYS, json=MINT, headers=ONCE)).json()["secret"]
    stored = repr(await claims(acme))
    assert secret.rsplit("-", 1)[1] not in stored
    assert acme.key not in stored
    assert "'done'" in stored


async def test_a_claim_whose_worker_died_is_taken_over_in_the_end(acme: App, clock: FakeClock) -> None:
    await acme.http.post(KEYS, json=MINT, headers=ONCE)
    await acme.server.engine.write(
        METADATA,
        "UPDATE idempotency SET state = 'pending', held_until = $at",
        {"at": clock.now() + timedelta(seconds=65)},
    )
    await acme.http.delete(f"{KEYS}/{(await acme.http.get(KEYS)).json()['keys'][0]['id']}")
    assert (await acme.http.post(KEYS, json=MINT, headers=ONCE)).status_code == 201
    assert clock.now() - FakeClock().now() > timedelta(seconds=60)


async def test_an_answer_that_could_not_be_kept_is_still_given(tmp_path: Path, clock: FakeClock) -> None:
    inner = EmbeddedEngine(None, clock)
    engine = WatchedEngine(inner)
    async with running(tmp_path, clock=clock, engine=engine) as app:
        await app.context()

        async def refuse(text: str) -> None:
            if "state = 'done'" in text:
                engine.fail(1)

        engine.intercept = refuse
        minted = await app.http.post(KEYS, json=MINT, headers=ONCE)
        engine.heal()
        assert minted.status_code == 201
        caller = await app.client(minted.json()["secret"])
        assert (await caller.get(KEYS)).status_code == 200
    await inner.close()


async def test_a_request_that_was_given_up_still_gets_its_answer_kept(tmp_path: Path, clock: FakeClock) -> None:
    inner = EmbeddedEngine(None, clock)
    engine = WatchedEngine(inner)
    async with running(tmp_path, clock=clock, engine=engine, request_timeout_seconds=0.5) as app:
        await app.context()
        waiting = asyncio.Event()

        async def hold(text: str) -> None:
            if "CREATE type::record('api_key'" in text:
                await waiting.wait()

        engine.intercept = hold
        assert slug_of(await app.http.post(KEYS, json=MINT, headers=ONCE)) == "unavailable"
        waiting.set()
        engine.intercept = None
        answer = httpx.Response(503)
        while answer.status_code == 503:
            answer = await app.http.post(KEYS, json=MINT, headers=ONCE)
        assert answer.headers["idempotency-replayed"] == "true"
        assert (await (await app.client(answer.json()["secret"])).get(KEYS)).status_code == 200
    await inner.close()


async def test_a_repeated_answer_carries_the_trace_of_the_first(acme: App) -> None:
    caller = await acme.agent(scope_floor={"org": "acme"})
    first = await caller.post("/api/v1/acme/sessions", json={}, headers=ONCE)
    again = await caller.post("/api/v1/acme/sessions", json={}, headers=ONCE)
    assert first.is_success, first.text
    assert again.headers["idempotency-replayed"] == "true"
    assert again.headers["x-trace-id"] == first.headers["x-trace-id"]
    assert again.json() == first.json()


@pytest.mark.parametrize("key", ["k", "x" * 255, "a b", "'; DELETE idempotency", "{}"])
async def test_odd_keys_are_keys(acme: App, key: str) -> None:
    for _ in range(2):
        answer = await acme.http.post(KEYS, json=MINT, headers={"idempotency-key": key})
        assert answer.status_code == 201


async def test_a_claim_left_by_a_process_that_died_is_taken_over_at_once_by_the_next(
    tmp_path: Path, clock: FakeClock
) -> None:
    inner = EmbeddedEngine(None, clock)
    engine = WatchedEngine(inner)
    async with running(tmp_path, clock=clock, engine=engine) as before:
        await before.context()
        await before.http.post(KEYS, json=MINT, headers=ONCE)
        await engine.write(METADATA, "UPDATE idempotency SET state = 'pending'")
        clock.advance(1)
        began = clock.now()
        async with running(tmp_path, clock=clock, engine=engine, key=before.key) as after:
            other = {**MINT, "name": "other"}
            assert slug_of(await after.http.post(KEYS, json=other, headers=ONCE)) == "conflict"
            assert "name" in problem_of(await after.http.post(KEYS, json=MINT, headers=ONCE))["detail"]
            assert (clock.now() - began).total_seconds() < 1
    await inner.close()


SESSIONS = "/api/v1/acme/sessions"
FACTS = "/api/v1/acme/facts"
SAID = {"text": "I moved to Rome. My sister is Zelda.", "scope": {"org": "acme", "user": "alice"}}
LATER = {"messages": [{"role": "user", "content": "I live in Oslo."}, {"role": "user", "content": "I like chess."}]}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (SESSIONS, {"scope": SAID["scope"], "metadata": {"channel": "chat"}}),
        (FACTS, SAID),
        (FACTS, SAID | {"infer": "none"}),
        (FACTS, {"infer": "triples", "triples": [{"subject": "Zelda", "predicate": "age", "object": "9"}]}),
        (f"{FACTS}/batch", LATER),
        (f"{FACTS}/batch", LATER | {"extract": "whole_conversation"}),
    ],
)
async def test_what_an_attempt_has_stored_before_it_died_is_found_by_the_next(
    tmp_path: Path, clock: FakeClock, path: str, body: dict[str, object]
) -> None:
    inner = EmbeddedEngine(None, clock)
    engine = WatchedEngine(inner)
    async with running(tmp_path, clock=clock, engine=engine) as app:
        await app.context()
        first = await app.http.post(path, json=body, headers=ONCE)
        assert first.is_success, first.text
        held = await stored(app)
        await engine.write(BINDING, "UPDATE idempotency SET state = 'pending', status = NONE, body = NONE")
        clock.advance(1)
        async with running(tmp_path, clock=clock, engine=engine, key=app.key) as after:
            again = await after.http.post(path, json=body, headers=ONCE)
            assert again.status_code == first.status_code
            assert "idempotency-replayed" not in again.headers
            assert same(again.json()) == same(first.json())
            assert await stored(after) == held
            assert (await after.http.post(path, json=body, headers=ONCE)).json() == again.json()
    await inner.close()


async def stored(app: App) -> dict[str, int]:
    """How many rows there are of what turns lead to."""
    tables = ("session", "turn", "memory_chunk", "entity", "attribute", "relates_to", "instruction", "uncertainty")
    rows = await app.server.engine.read(BINDING, ";".join(f"SELECT VALUE id FROM {table}" for table in tables))
    return dict(zip(tables, map(len, rows), strict=True))


def same(answer: object) -> object:
    """An answer without what differs from one attempt to the next: its trace, and the order of what was derived."""
    if isinstance(answer, dict):
        return {name: same(value) for name, value in answer.items() if name != "trace_id"}
    return sorted((same(value) for value in answer), key=repr) if isinstance(answer, list) else answer
