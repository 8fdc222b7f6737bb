"""A whole conversation over HTTP, with no model but the rules, and what is believed at its end."""

from typing import Any

import pytest

from tests.memory.story import TURNS
from tests.support.app import App

BASE = "/api/v1/acme"
NORA = {"user": "nora"}

STATIC = {
    ("name", "Nora Lindqvist"),
    ("birthday", "March 3, 1988"),
    ("location", "Uppsala"),
    ("employer", "Spotify"),
    ("role", "data engineer"),
    ("email", "nora.l@example.test"),
    ("phone", "555-0202"),
    ("timezone", "CET"),
    ("allergy", "shellfish"),
    ("diet", "vegetarian"),
    ("language", "Swedish"),
    ("language", "German"),
    ("pet", "Miso"),
    ("pet", "Bamse"),
}
PREFERENCES = {
    ("likes", "rye bread"),
    ("likes", "climbing"),
    ("dislikes", "olives"),
    ("prefers", "tea over coffee"),
    ("favourite_colour", "blue"),
}
TIES = {
    ("sister", "Person/Freja"),
    ("brother", "Person/Olle"),
    ("husband", "Person/Karl"),
    ("manager", "Person/Henrik"),
    ("works_at", "Organization/Spotify"),
    ("located_in", "Place/Uppsala"),
}
HISTORIES = {
    "Person/nora/history/location": ["Gothenburg", "Stockholm", "Uppsala"],
    "Person/nora/history/employer": ["Volvo", "Spotify"],
    "Person/nora/history/email": ["nora@example.test", "nora.l@example.test"],
    "Person/nora/history/favourite_colour": ["green", "blue"],
    "Person/Freja/history/location": ["Malmo", "Lund"],
    "Person/Olle/history/employer": ["Ericsson", "Saab"],
}
DIRECTIVES = ["Always answer in English", "Never call me in the morning", "From now on, keep answers short"]


@pytest.fixture
async def told(acme: App) -> App:
    """The server after the conversation, a minute a turn."""
    session = (await acme.http.post(f"{BASE}/sessions", json={"scope": NORA})).json()["id"]
    for number, (role, content) in enumerate(TURNS, start=1):
        body = {"role": role, "content": content}
        answer = await acme.http.post(f"{BASE}/sessions/{session}/turns", json=body)
        assert answer.status_code == 201, answer.text
        assert (answer.json()["seq"], answer.json()["pending"]) == (number, False)
        acme.clock.advance(60)
    return acme


async def ask(app: App, path: str, **params: str) -> Any:
    answer = await app.http.get(f"{BASE}/{path}", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def facts(rows: list[dict[str, Any]]) -> set[tuple[str, str]]:
    return {(row["key"], row["value"]) for row in rows}


async def test_sixty_turns_end_in_what_they_told(told: App) -> None:
    assert len(TURNS) == 60
    profile = await ask(told, "profile", scope="user/nora")
    assert facts(profile["static"]) == STATIC
    assert facts(profile["preferences"]) == PREFERENCES
    assert {("learning", "Spanish"), ("uses", "Linux")} <= facts(profile["dynamic"])
    assert [one["description"] for one in profile["instructions"]] == DIRECTIVES
    ties = {(one["label"], one["object"]) for one in profile["relations"] if one["subject"] == "Person/nora"}
    assert ties >= TIES
    assert ("works_at", "Organization/Volvo") not in ties

    for path, values in HISTORIES.items():
        history = (await ask(told, f"entities/{path}"))["history"]
        assert [row["value"] for row in history] == values
        assert [row["valid_until"] is None for row in history] == [False] * (len(values) - 1) + [True]

    state = await ask(told, "state")
    assert any("Oslo" in one["about"] for one in state["unknowns"])
    assert "Oslo" not in {value for _, value in facts(state["identity"]["attributes"])}
    await told.server.traces.flush()
    account = await ask(told, "audit", kind="decision", limit="200")
    assert len([row for row in account["rows"] if row["operation"] == "turn.add"]) == len(TURNS)


async def test_the_middle_of_the_conversation_can_be_asked_for(told: App) -> None:
    then = await ask(told, "state", at_instant="2026-01-01T00:28:30Z")
    held = facts(then["identity"]["attributes"])
    assert {("location", "Stockholm"), ("employer", "Volvo"), ("likes", "sailing")} <= held
    assert ("diet", "vegetarian") not in held
