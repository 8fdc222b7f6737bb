"""Kill -9 between writes and deletions, and damage to what was saved: the index comes back whole, and nothing more."""

import asyncio
import os
import random
import time
from pathlib import Path

import httpx
import pytest

from tests.support.deployment import Deployment

ROUNDS = int(os.environ.get("SPECTRON_ROUNDS", "5"))
WRITERS = 3
LONGEST_LIFE_SECONDS = 1.0
PATIENCE_SECONDS = 30.0
BASE = "/api/v1/acme"


class Ledger:
    """What was acknowledged of each line: that it is there, that it is gone, or nothing yet."""

    def __init__(self) -> None:
        self.told: dict[str, str] = {}
        self.forgotten: set[str] = set()
        self.unsure: set[str] = set()
        self.number = 0

    def line(self, writer: int) -> str:
        self.number += 1
        return f"The lighthouse of keeper{writer} burns oil number{self.number}."

    @property
    def there(self) -> set[str]:
        return set(self.told) - self.forgotten - self.unsure


@pytest.mark.timeout(60 + 40 * ROUNDS)
async def test_after_a_kill_everything_is_found_and_nothing_comes_back(tmp_path: Path) -> None:
    chance, ledger = random.Random(13), Ledger()
    with Deployment(tmp_path / "data", tmp_path) as deployment:
        await prepare(deployment)
        for number in range(ROUNDS):
            async with client(deployment) as http:
                writers = [asyncio.create_task(keep_changing(http, ledger, chance, name)) for name in range(WRITERS)]
                await asyncio.sleep(chance.random() * LONGEST_LIFE_SECONDS)
                deployment.kill()
                await asyncio.gather(*writers)
            deployment.start()
            await check(deployment, ledger)
            if number % 2:
                assert deployment.stop() == 0
                deployment.start()
                await check(deployment, ledger)
        assert ledger.there
        assert ledger.forgotten


@pytest.mark.parametrize("damage", ["cut", "noise", "empty", "missing"])
async def test_damaged_index_files_are_made_anew(tmp_path: Path, damage: str) -> None:
    ledger = Ledger()
    with Deployment(tmp_path / "data", tmp_path) as deployment:
        await prepare(deployment)
        async with client(deployment) as http:
            for _ in range(5):
                await tell(http, ledger, 0)
        assert deployment.stop() == 0
        for saved in (deployment.data_dir / "index").rglob("memory_chunk.*"):
            content = saved.read_bytes()
            if damage == "missing":
                saved.unlink()
            else:
                noise = bytes(255 - one for one in content[:200]) + content[200:]
                saved.write_bytes({"cut": content[: len(content) // 2], "noise": noise, "empty": b""}[damage])
        deployment.start()
        await check(deployment, ledger)
        assert "index.rebuilt" in deployment.process.output


def client(deployment: Deployment) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=deployment.url, headers={"API-KEY": deployment.key}, timeout=30)


async def prepare(deployment: Deployment) -> None:
    async with client(deployment) as http:
        made = await http.post("/api/v1/contexts/acme", json={"namespace": "acme", "database": "prod"})
        assert made.status_code == 201, made.text


async def keep_changing(http: httpx.AsyncClient, ledger: Ledger, chance: random.Random, writer: int) -> None:
    """Tell lines and forget every third, until the server is gone."""
    mine: list[str] = []
    try:
        while True:
            mine.append(await tell(http, ledger, writer))
            if chance.random() < 1 / 3:
                line = mine.pop(chance.randrange(len(mine)))
                ledger.unsure.add(line)
                answer = await http.post(f"{BASE}/forget", json={"query": f"turn:{ledger.told[line]}"})
                assert answer.status_code == 200, answer.text
                ledger.unsure.discard(line)
                ledger.forgotten.add(line)
    except httpx.TransportError:
        return


async def tell(http: httpx.AsyncClient, ledger: Ledger, writer: int) -> str:
    line = ledger.line(writer)
    answer = await http.post(f"{BASE}/facts", json={"text": line, "infer": "none", "scope": {"user": f"u{writer}"}})
    assert answer.status_code == 200, answer.text
    ledger.told[line] = answer.json()["turn_id"]
    return line


async def check(deployment: Deployment, ledger: Ledger) -> None:
    """What was forgotten is not found even while the index catches up; after that all the rest is."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    body = {"query": "Which lighthouse burns oil?", "k": 200, "include": ["passages"], "bypass_cache": True}
    async with client(deployment) as http:
        while True:
            answer = await http.post(f"{BASE}/query", json=body)
            assert answer.status_code == 200, answer.text
            found = {hit["text"] for hit in answer.json()["hits"]}
            assert not found & ledger.forgotten
            if answer.json()["index"] == "ready":
                break
            assert time.monotonic() < deadline
        # Only so many are given at once, so each of a sample is asked for by its number.
        for line in sorted(ledger.there)[:: max(1, len(ledger.there) // 30)]:
            asked = body | {"query": line, "k": 5}
            hits = (await http.post(f"{BASE}/query", json=asked)).json()["hits"]
            assert line in {hit["text"] for hit in hits}
        for line in sorted(ledger.forgotten)[:30]:
            hits = (await http.post(f"{BASE}/query", json=body | {"query": line, "k": 5})).json()["hits"]
            assert line not in {hit["text"] for hit in hits}
