"""What every refusal must look like, and what it must leave unchanged."""

from typing import Any

import httpx

from server.http.problems import STATUS, TYPE_PREFIX
from server.store.binding import METADATA
from server.store.engine import Engine

SECRETS = ("Traceback", "SELECT ", "UPDATE ", "$argon2", "site-packages")


def problem_of(answer: httpx.Response) -> dict[str, Any]:
    """The problem document of an answer, checked from top to bottom."""
    document: dict[str, Any] = answer.json()
    slug = document["type"].removeprefix(TYPE_PREFIX)
    assert answer.headers["content-type"] == "application/problem+json"
    assert set(document) == {"type", "title", "status", "detail", "instance", "request_id"}
    assert document["status"] == answer.status_code == STATUS[slug]
    assert document["request_id"] == answer.headers["x-request-id"]
    assert document["detail"]
    assert len(document["detail"]) < 600
    assert not [word for word in SECRETS if word in answer.text]
    if answer.status_code in {429, 503}:
        assert int(answer.headers["retry-after"]) >= 1
    return document


def slug_of(answer: httpx.Response) -> str:
    slug: str = problem_of(answer)["type"].removeprefix(TYPE_PREFIX)
    return slug


async def written(engine: Engine) -> dict[str, Any]:
    """Everything in the control plane but refusals, which are recorded on purpose, and the names of all databases."""
    (info,) = await engine.read(METADATA, "INFO FOR DB")
    names = sorted(info["tables"])
    rows = await engine.read(METADATA, "; ".join(f"SELECT * OMIT last_used_at FROM {name}" for name in names))
    found: dict[str, Any] = dict(zip(names, rows, strict=True))
    found["audit_event"] = [event for event in found["audit_event"] if event["kind"] != "denial"]
    (root,) = await engine.execute(None, "INFO FOR ROOT")
    return found | {"": {name: await engine.databases(name) for name in root["namespaces"]}}
