"""Whom questions may name: known in this process, whoever makes them known or takes them away."""

from datetime import timedelta

from server.store.binding import Binding
from tests.recall.memory import Memory
from tests.support import names

BINDING = Binding("acme", "prod")
DAY = timedelta(days=1).total_seconds()


async def say(memory: Memory, text: str) -> None:
    session = await memory.post("sessions", {"scope": {}})
    await memory.post(f"sessions/{session['id']}/turns", {"role": "user", "content": text})


async def test_whoever_was_swept_is_named_no_more(memory: Memory) -> None:
    policy: list[dict[str, object]] = [
        {"scope": {}, "memory_category": one, "ttl": "1d"} for one in ("knowledge", "identity")
    ]
    kept = await memory.app.http.put("/api/v1/contexts/acme/retention", json=policy)
    assert kept.status_code == 200, kept.text
    await say(memory, "Quirin lives in Oslo.")
    assert len(await names.found(memory.app.server, BINDING, ["quirin"])) == 1
    memory.app.clock.advance(2 * DAY)
    swept = await memory.app.http.post("/api/v1/lifecycle/expire")
    assert swept.status_code == 200, swept.text
    assert await names.found(memory.app.server, BINDING, ["quirin"]) == set()
    await say(memory, "Quirin lives in Rome.")
    assert (await memory.ask("Where does Quirin live?"))["hits"][0]["value"] == "Rome"


async def test_somebody_is_found_by_the_name_they_were_given_last(memory: Memory) -> None:
    await say(memory, "Robert lives in Oslo.")
    assert (await memory.ask("Where does Robert live?"))["hits"][0]["value"] == "Oslo"
    await say(memory, "Robert Smith lives in Rome.")
    answer = await memory.ask("Where does Robert Smith live?")
    assert (answer["tier"], answer["hits"][0]["value"]) == ("direct", "Rome")
    assert len(await names.found(memory.app.server, BINDING, ["robert smith", "robert"])) == 1
