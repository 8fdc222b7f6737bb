"""Whatever is asked, nothing out of sight is ever answered: random scopes, every read."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.core.scope import EMPTY, Attribute, Scope, as_mapping
from server.core.visibility import visible
from tests.support.app import App, running

BASE = "/api/v1/acme"
KEYS, VALUES = ["org", "user"], ["a", "b"]
SCOPES = st.frozensets(st.builds(Attribute, st.sampled_from(KEYS), st.sampled_from(VALUES)), max_size=2).filter(
    lambda scope: len({one.key for one in scope}) == len(scope)
)
READS = (
    "state",
    "state?as_of=2030-01-01T00:00:00Z",
    "state/diff?since=2025-01-01T00:00:00Z",
    "profile",
    "entities",
    "entities/Person/Quirin",
    "entities/Person/Quirin/history/location",
    "inspect?ref=entity:Person/Quirin",
    "inspect?ref=attribute:Person/Quirin/location",
    "sessions",
    "scopes",
    "audit",
)


@pytest.fixture
async def acme(tmp_path: Path) -> AsyncIterator[App]:
    async with running(tmp_path) as app:
        await app.context()
        yield app


async def tell(app: App, number: int, scope: Scope) -> None:
    """The same person and key in each scope, with a value that gives the scope away."""
    body: dict[str, Any] = {
        "infer": "triples",
        "scope": as_mapping(scope),
        "triples": [
            {"subject": {"name": "Quirin", "type": "Person"}, "predicate": "location", "object": f"Secret{number}"},
            {"subject": {"name": f"Mole{number}", "type": "Person"}, "predicate": "friend", "object": "Quirin"},
        ],
    }
    answer = await app.http.post(f"{BASE}/facts", json=body)
    assert answer.status_code == 200, answer.text


async def told(client: Any, paths: list[str]) -> str:
    answers = [await client.get(f"{BASE}/{path}") for path in paths]
    assert all(answer.status_code in {200, 404} for answer in answers), [answer.text for answer in answers]
    return "\n".join(answer.text for answer in answers)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(scopes=st.lists(SCOPES, min_size=2, max_size=5, unique=True), floor=SCOPES, asked=st.none() | SCOPES)
async def test_no_read_answers_what_is_out_of_sight(
    acme: App, scopes: list[Scope], floor: Scope, asked: Scope | None
) -> None:
    await acme.http.delete("/api/v1/contexts/acme")
    await acme.context()
    for number, scope in enumerate(scopes):
        await tell(acme, number, scope)
    client = await acme.agent(scope_floor=as_mapping(floor))
    sessions = (await acme.http.get(f"{BASE}/sessions")).json()["sessions"]
    turns = [f"sessions/{one['id']}/turns" for one in sessions]
    sight = visible(floor)
    text = await told(client, [*READS, *turns])
    for number, scope in enumerate(scopes):
        for word in (f"Secret{number}", f"Mole{number}"):
            assert (word in text) == sight.admits(scope), (word, scope, floor)
    if asked is None or any(one.key in {other.key for other in asked} and one not in asked for one in floor):
        return
    narrowed = visible(floor, [asked])
    answer = await client.post(f"{BASE}/state", json={"scope": as_mapping(asked)})
    for number, scope in enumerate(scopes):
        assert (f"Secret{number}" in json.dumps(answer.json())) == narrowed.admits(scope)


async def test_writing_into_a_scope_changes_no_other(acme: App) -> None:
    scopes: list[Scope] = [EMPTY, frozenset({Attribute("org", "a")}), frozenset({Attribute("org", "b")})]
    for number, scope in enumerate(scopes):
        await tell(acme, number, scope)
    for number in (1, 2):
        client = await acme.agent(scope_floor=as_mapping(scopes[number]))
        await client.post(f"{BASE}/facts", json={"text": "Quirin moved to Paris."})
        history = await client.get(f"{BASE}/entities/Person/Quirin/history/location")
        values = [row["value"] for row in history.json()["history"]]
        assert set(values) <= {"Secret0", f"Secret{number}", "Paris"}
    general = (await acme.http.get(f"{BASE}/inspect", params={"ref": "attribute:Person/Quirin/location"})).json()
    assert "Secret0" in [row["value"] for row in general["current"]]
