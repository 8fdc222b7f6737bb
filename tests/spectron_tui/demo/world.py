"""A deployment with something to look at everywhere: three Contexts, a history, and a few things that went wrong."""

import asyncio
import random
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

from server.objects.files import FileObjectStore
from tests.support.app import App
from tests.support.clock import FakeClock
from tests.support.corpus import prose

SHOP, BANK, LAB = "acme-prod", "globex-staging", "initech-dev"
DAY = 86400.0
MINUTE = 60.0
PATIENCE = 3000
PEOPLE = {
    "ana": "Ana lives in Lyon. Ana works at Acme as an engineer. Ana prefers tea.",
    "ben": "Ben lives in Porto. Ben works at Acme as a captain. Always answer Ben in Portuguese.",
    "cleo": "Cleo lives in Bergen. Cleo works at Globex as an auditor. Cleo might move to Oslo.",
    "dov": "Dov lives in Haifa. Dov prefers short answers. Dov works at Initech as a welder.",
}
QUESTIONS = (
    ("user/ana", "Where does Ana live?"),
    ("org/acme", "who follows the water level under the bridge"),
    ("user/ben", "Where does Ben work?"),
    ("org/acme", "electric power for the harbour"),
    ("user/ana", "What does Ana prefer?"),
    ("org/acme", "electric power for the harbour"),
    ("user/cleo", "Where does Cleo live?"),
    ("user/ben", "the swarm in early spring"),
    ("org/acme", "solar panels of the lantern room"),
    ("user/dov", "letters from the engineers"),
)
TOPICS = (
    "Harbour rules",
    "Ferry timetable",
    "Lantern room",
    "Bee keeping",
    "Night train",
    "Flood barrier",
    "Glacier survey",
    "Archive index",
    "Bridge inspection",
    "Tide tables",
    "Storm checklist",
    "Solar panels",
)


class Ticking(FakeClock):
    """A clock on which work takes its time, each time that it is looked at."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self._chance = chance

    def monotonic(self) -> float:
        self._elapsed += self._chance.expovariate(1 / 0.004)
        return self._elapsed


class Held(FileObjectStore):
    """Reads of originals wait while the store is held, so that documents are seen on their way."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self._free = asyncio.Event()
        self._free.set()

    def hold(self) -> None:
        self._free.clear()

    def release(self) -> None:
        self._free.set()

    async def open(self, key: str, start: int = 0, end: int | None = None) -> AsyncGenerator[bytes, None]:
        await self._free.wait()
        async for piece in super().open(key, start, end):
            yield piece


class World:
    """What happens in the deployment, by the hour of its clock."""

    def __init__(self, app: App, store: Held, chance: random.Random) -> None:
        self.app = app
        self._store = store
        self._chance = chance
        self._uploaded = 0
        self._asked = 0

    async def begin(self) -> None:
        """Eight days before: Contexts, people, policies and keys."""
        await self.app.context(SHOP, {"token_limit": 2_000_000, "retention_days": 30})
        await self.app.context(BANK, {"token_limit": 500_000, "cache": {"semantic_ttl_seconds": 600}})
        await self.app.context(LAB)
        for user, known in PEOPLE.items():
            await self._remember(SHOP, user, known)
        for index in range(12):
            await self._remember(SHOP, "ana", f"Ana noted on tour {index}: {prose(self._chance, 1)}", infer="none")
            await self._remember(BANK, "cleo", f"Cleo noted in audit {index}: {prose(self._chance, 1)}", infer="none")
        await self._put(
            SHOP,
            [
                {"scope": {"user": "ana"}, "memory_category": "context", "ttl": "7d"},
                {"scope": {}, "memory_category": "unknowns", "ttl": "60d"},
            ],
        )
        await self._put(BANK, [{"scope": {}, "memory_category": "context", "ttl": "1d"}])
        await self._keys()

    async def history(self) -> None:
        """The last hour: documents that became ready, questions that were asked, a sweep, failures."""
        self.app.clock.advance(2 * DAY)
        await self._sweep()
        self.app.clock.advance(6 * DAY - 70 * MINUTE)
        await self._remember(SHOP, "ben", "Ben takes the ferry at six.")
        for minute in range(60):
            self.app.clock.advance(MINUTE)
            if minute % 4 == 0:
                await self.upload(SHOP if minute % 8 else BANK)
            if minute % 3 == 0:
                await self.ask()
        await self.upload(BANK, "scan-0017.pdf", bytes(range(256)) * 40)
        await self.upload(BANK, "ledger.docx", b"PK\x03\x04 this is no document")
        self.app.server.control.ledger.spend(SHOP, 1_214_000)
        self.app.server.control.ledger.spend(BANK, 467_500)
        for _ in range(4):
            await self.ask()

    async def going_on(self, moment: int) -> None:
        """What happens while the recording runs: uploads that wait for a while, and questions."""
        if moment == 2:
            self._store.hold()
            for _ in range(4):
                await self.upload(SHOP, ready=False)
        if moment == 5:
            self._store.release()
            await self.settled()
        if moment % 2 == 0:
            await self.ask()

    async def upload(
        self, context: str, name: str | None = None, content: bytes | None = None, *, ready: bool = True
    ) -> None:
        """A document, and the time until it is worked off."""
        topic = TOPICS[self._uploaded % len(TOPICS)]
        edition = self._uploaded // len(TOPICS) + 1
        self._uploaded += 1
        text = f"# {topic}, edition {edition}\n\n" + "\n\n".join(
            f"## Part {part}\n\n{prose(self._chance, self._chance.randint(6, 18))}" for part in range(1, 6)
        )
        named = name or f"{topic.lower().replace(' ', '-')}-{edition}.md"
        files = {"file": (named, text.encode() if content is None else content)}
        answer = await self.app.http.post(f"/api/v1/{context}/documents", files=files, data={"scope": "org/acme"})
        assert answer.status_code == 202, answer.text
        if ready:
            await self.settled()

    async def ask(self) -> None:
        """The next of the questions."""
        scope, question = QUESTIONS[self._asked % len(QUESTIONS)]
        self._asked += 1
        body = {"query": question, "scope": scope}
        assert (await self.app.http.post(f"/api/v1/{SHOP}/query", json=body)).is_success
        await self.app.server.traces.flush()

    async def settled(self) -> None:
        """Wait until no job is left to do."""

        async def busy() -> bool:
            jobs = (await self.app.http.get("/api/v1/jobs", params={"limit": 500})).json()["jobs"]
            return any(job["state"] in {"queued", "running", "retrying"} for job in jobs)

        for _ in range(PATIENCE):
            if not await busy():
                return
            await asyncio.sleep(0.005)
        raise AssertionError("the queue was not worked off")

    async def _remember(self, context: str, user: str, text: str, infer: str = "full") -> None:
        body = {"text": text, "scope": {"user": user}, "infer": infer}
        answer = await self.app.http.post(f"/api/v1/{context}/facts", json=body)
        assert answer.is_success, answer.text

    async def _put(self, context: str, policies: list[dict[str, Any]]) -> None:
        answer = await self.app.http.put(f"/api/v1/contexts/{context}/retention", json={"policies": policies})
        assert answer.is_success, answer.text

    async def _sweep(self) -> None:
        for context in (SHOP, BANK):
            answer = await self.app.http.post("/api/v1/lifecycle/expire", params={"context": context})
            assert answer.is_success, answer.text

    async def _keys(self) -> None:
        kept = await self.app.mint(SHOP, name="checkout-agent", principal="agent", scope_floor={"org": "acme"})
        await self.app.mint(SHOP, name="night-supervisor", principal="supervisor")
        lost = await self.app.mint(SHOP, name="laptop-of-eve", principal="agent", scope_floor={"user": "eve"})
        await self.app.http.post(f"/api/v1/contexts/{SHOP}/keys/{lost['id']}/revoke")
        await self.app.mint(BANK, name="audit-agent", principal="agent")
        agent = await self.app.client(kept["secret"])
        await agent.get(f"/api/v1/{SHOP}/me")
        await agent.get(f"/api/v1/contexts/{BANK}")
