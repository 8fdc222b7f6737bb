"""A Context as its callers see it: told things, asked, and made to forget."""

import asyncio
from dataclasses import dataclass
from typing import Any

import httpx

from tests.support.app import App

BASE = "/api/v1/acme"


@dataclass
class Memory:
    """Speaks to the Context over HTTP, with the key of its management."""

    app: App

    async def tell(self, text: str, scope: object = None, **body: Any) -> dict[str, Any]:
        """Remember a turn, by default without deriving facts from it."""
        return await self.post("facts", {"text": text, "infer": "none", "scope": scope or {}} | body)

    async def know(self, subject: str, key: str, value: str, scope: object = None) -> dict[str, Any]:
        """Remember a fact about a person."""
        triple = {"subject": {"name": subject, "type": "Person"}, "predicate": key, "object": value}
        return await self.post("facts", {"infer": "triples", "triples": [triple], "scope": scope or {}})

    async def read_in(self, name: str, text: str, scope: str = "") -> str:
        """Upload a document and have it processed; its id."""
        ended = asyncio.Event()
        self.app.server.queue.changes.listen(lambda job: ended.set() if job.finished else None)
        fields = {"scope": scope} if scope else {}
        files = {"file": (name, text.encode())}
        document = checked(await self.app.http.post(f"{BASE}/documents", files=files, data=fields))
        await ended.wait()
        return str(document["id"])

    async def ask(self, query: str, scope: object = None, **body: Any) -> dict[str, Any]:
        return await self.post("query", {"query": query, "scope": scope or {}} | body)

    async def texts(self, query: str, scope: object = None, **body: Any) -> list[str]:
        return [hit["text"] for hit in (await self.ask(query, scope, **body))["hits"]]

    async def forget(self, query: str, scope: object = None) -> None:
        await self.post("forget", {"query": query, "scope": scope or {}})

    async def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = await self.app.http.post(f"{BASE}/{path}", json=body)
        return checked(answer)


def checked(answer: httpx.Response) -> dict[str, Any]:
    assert answer.is_success, answer.text
    document: dict[str, Any] = answer.json()
    return document
