"""Audit events over HTTP."""

from typing import Any

from tests.http.problem import slug_of
from tests.support.app import App
from tests.support.clock import FakeClock

AUDIT = "/api/v1/contexts/acme/audit"


async def test_events_are_read_page_by_page_newest_first(acme: App, clock: FakeClock) -> None:
    for number in range(7):
        clock.advance(1)
        await acme.mint(name=f"k{number}")
    found: list[str] = []
    query: dict[str, str] = {"limit": "3", "kind": "key"}
    while True:
        page = (await acme.http.get(AUDIT, params=query)).json()
        found += [event["detail"]["name"] for event in page["events"]]
        if not page["has_more"]:
            break
        query["cursor"] = page["next_cursor"]
    assert found == [f"k{number}" for number in reversed(range(7))]


async def test_events_are_filtered(acme: App, clock: FakeClock) -> None:
    clock.advance(10)
    minted = await acme.mint(principal="supervisor")
    clock.advance(10)
    await (await acme.client(minted["secret"])).post("/api/v1/contexts/acme/keys", json={"name": "other"})

    async def actions(**query: str) -> list[str]:
        return [event["action"] for event in (await acme.http.get(AUDIT, params=query)).json()["events"]]

    assert await actions() == ["key.mint", "key.mint", "context.create"]
    assert await actions(kind="context") == ["context.create"]
    assert await actions(actor=minted["id"]) == ["key.mint"]
    assert await actions(since="2026-01-01T00:00:10Z") == ["key.mint", "key.mint"]
    assert await actions(until="2026-01-01T00:00:10Z") == ["key.mint", "context.create"]
    assert await actions(since="2026-01-01T01:00:15+01:00") == ["key.mint"]
    assert await actions(kind="nothing") == []


async def test_a_moment_may_be_given_in_whole_seconds(acme: App, clock: FakeClock) -> None:
    for name in ("zero", "half", "one"):
        await acme.mint(name=name)
        clock.advance(0.5)

    async def minted(**query: str) -> list[str]:
        events = (await acme.http.get(AUDIT, params=query | {"kind": "key"})).json()["events"]
        return [event["detail"]["name"] for event in events]

    assert await minted(since="2026-01-01T00:00:00Z") == ["one", "half", "zero"]
    assert await minted(until="2026-01-01T00:00:00.5Z") == ["half", "zero"]
    assert await minted(since="2026-01-01T00:00:00.5Z", until="2026-01-01T00:00:01Z") == ["one", "half"]


async def test_other_contexts_events_stay_theirs(acme: App) -> None:
    await acme.context("other")
    await acme.mint("other")
    events = (await acme.http.get(AUDIT)).json()["events"]
    assert {event["context_id"] for event in events} == {"acme"}
    assert slug_of(await acme.http.get("/api/v1/contexts/nobody/audit")) == "context-not-found"


async def test_what_is_forgotten_and_erased_in_a_context_is_told_among_the_rest(acme: App, clock: FakeClock) -> None:
    for number, told in enumerate(("Zelda lives in Oslo.", "Yorick lives in Rome.", "Xaver lives in Bonn.")):
        clock.advance(1)
        assert (await acme.http.post("/api/v1/acme/facts", json={"text": told, "scope": {"org": "acme"}})).is_success
        clock.advance(1)
        wanted = {"query": told.split()[0], "scope": {"org": "acme"}, "purge": number == 1}
        assert (await acme.http.post("/api/v1/acme/forget", json=wanted)).json()["deleted"] > 0
        clock.advance(1)
        await acme.mint(name=f"k{number}")
    clock.advance(1)
    await acme.http.post("/api/v1/contexts/acme/entities/Person/Xaver/reinstate")
    clock.advance(1)
    assert (await acme.http.post("/api/v1/acme/scopes/forget", json={"path": "org/acme"})).is_success
    events: list[dict[str, Any]] = []
    paging: dict[str, str] = {"limit": "2"}
    while True:
        answer = await acme.http.get(AUDIT, params=paging)
        for name in ("Zelda", "Yorick", "Xaver", "Oslo"):
            assert name.lower() not in answer.text.lower()
        page = answer.json()
        events += page["events"]
        if not page["has_more"]:
            break
        paging["cursor"] = page["next_cursor"]
    assert [event["action"] for event in reversed(events)] == [
        "context.create",
        *("memory.forget", "key.mint", "memory.erase", "key.mint", "memory.forget", "key.mint"),
        *("memory.reinstate", "scope.erase"),
    ]
    assert {event["context_id"] for event in events} == {"acme"}
    assert page["complete"] is True
    only = (await acme.http.get(AUDIT, params={"kind": "memory"})).json()["events"]
    assert len(only) == 5
    await acme.http.delete("/api/v1/contexts/acme")
    deleted = (await acme.http.get(AUDIT)).json()
    assert deleted["complete"] is False
    assert deleted["events"][0]["action"] == "context.delete"
