"""Kill -9 at random moments of Context creation and key minting: all or nothing, and nothing acknowledged is lost."""

import asyncio
import os
import random
from pathlib import Path

import httpx
import pytest

from spectron import AsyncSpectronManagement, TransportError
from tests.support.deployment import Deployment

ROUNDS = int(os.environ.get("SPECTRON_ROUNDS", "5"))
CREATORS = 4
LONGEST_LIFE_SECONDS = 1.0


class Acknowledged:
    """What the server said it had done."""

    def __init__(self) -> None:
        self.contexts: set[str] = set()
        self.asked: set[str] = set()
        self.secrets: dict[str, str] = {}
        self.minted = asyncio.Event()


@pytest.mark.timeout(60 + 20 * ROUNDS)
async def test_no_half_made_context_and_no_lost_key(tmp_path: Path) -> None:
    moments = random.Random(7)
    done = Acknowledged()
    with Deployment(tmp_path / "data", tmp_path) as deployment:
        for number in range(ROUNDS):
            async with AsyncSpectronManagement(deployment.url, deployment.key, retries=0) as admin:
                workers = [
                    asyncio.create_task(keep_creating(admin, done, f"r{number}-w{worker}"))
                    for worker in range(CREATORS)
                ]
                await asyncio.sleep(moments.random() * LONGEST_LIFE_SECONDS)
                if number == ROUNDS - 1:
                    # However slow the machine is, something has to be acknowledged that can be lost.
                    await done.minted.wait()
                deployment.kill()
                await asyncio.gather(*workers)
            deployment.start()
            await check(deployment, done)
        assert done.contexts
        assert done.secrets
        assert deployment.stop() == 0


async def keep_creating(admin: AsyncSpectronManagement, done: Acknowledged, name: str) -> None:
    """Make Contexts and keys until the server is gone."""
    try:
        for number in range(10_000):
            context_id = f"{name}-{number}"
            done.asked.add(context_id)
            await admin.contexts.create(id=context_id, namespace=name, database=context_id)
            done.contexts.add(context_id)
            minted = await admin.contexts(context_id).keys.create(name="app", principal="supervisor")
            done.secrets[context_id] = minted.secret
            done.minted.set()
    except TransportError:
        return


async def check(deployment: Deployment, done: Acknowledged) -> None:
    """Every Context there is is whole, every acknowledged one is there, and its key opens it."""
    async with AsyncSpectronManagement(deployment.url, deployment.key) as admin:
        found = {context.id: context async for context in admin.contexts.iterate()}
        assert done.contexts <= set(found) <= done.asked
        assert {context.state for context in found.values()} <= {"active"}
        assert (await admin.ready()).status == "ready"
        sampled = sorted(found)[-2 * CREATORS :]
        for context_id in sampled:
            stats = await admin.contexts(context_id).stats()
            assert {"document", "turn", "entity"} <= set(stats.tables)
        await again(admin, done)
    async with httpx.AsyncClient(base_url=deployment.url) as client:
        for context_id in sampled:
            if context_id in done.secrets:
                headers = {"API-KEY": done.secrets[context_id]}
                answer = await client.get(f"/api/v1/contexts/{context_id}/keys", headers=headers)
                assert [key["name"] for key in answer.json()["keys"]] == ["app"]


async def again(admin: AsyncSpectronManagement, done: Acknowledged) -> None:
    """What was cut short can be made now: neither its id nor its database is in the way."""
    for context_id in sorted(done.asked - done.contexts):
        name = context_id.rsplit("-", 1)[0]
        if context_id not in {context.id async for context in admin.contexts.iterate()}:
            await admin.contexts.create(id=context_id, namespace=name, database=context_id)
        done.contexts.add(context_id)
