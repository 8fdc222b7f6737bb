"""The same write sent several times at once has one effect, burst after burst."""

import asyncio
import os

import pytest

from tests.support.app import App

BURSTS = 20 * int(os.environ.get("SPECTRON_ROUNDS", "5"))
COPIES = 4
AT_ONCE = 8


@pytest.mark.slow
@pytest.mark.timeout(60 + BURSTS)
async def test_each_burst_of_duplicates_stores_one_turn(acme: App) -> None:
    session = (await acme.http.post("/api/v1/acme/sessions", json={})).json()["id"]
    turns = asyncio.Semaphore(AT_ONCE)

    async def burst(number: int) -> tuple[str, int]:
        headers = {"Idempotency-Key": f"burst-{number}"}
        body = {"role": "user", "content": f"I bought {number} tickets to Lisbon."}
        url = f"/api/v1/acme/sessions/{session}/turns"
        async with turns:
            answers = await asyncio.gather(*(acme.http.post(url, json=body, headers=headers) for _ in range(COPIES)))
        assert {answer.status_code for answer in answers} == {201}, [answer.text for answer in answers]
        (stored,) = {(answer.json()["turn_id"], answer.json()["seq"]) for answer in answers}
        assert sum("idempotency-replayed" not in answer.headers for answer in answers) == 1
        return stored

    stored = await asyncio.gather(*map(burst, range(BURSTS)))
    assert len({turn for turn, _ in stored}) == BURSTS
    assert sorted(seq for _, seq in stored) == list(range(1, BURSTS + 1))
    stats = (await acme.http.get("/api/v1/contexts/acme/stats")).json()
    assert stats["tables"]["turn"] == BURSTS
