"""Turns that were stored and not understood are understood later."""

from collections.abc import Sequence
from dataclasses import replace

from server.core.errors import ProviderTimeoutError
from server.core.visibility import visible
from server.memory.remembering import Remembering
from server.memory.turns import NewTurn
from server.models.embedding import Matrix
from server.models.local import LocalEmbedder
from server.store.binding import Binding
from server.store.engine import Database
from tests.memory.world import SCOPE, World
from tests.support.app import App

FACTS = "/api/v1/acme/facts"


class Away(LocalEmbedder):
    """An embedder whose provider does not answer."""

    async def embed(self, texts: Sequence[str]) -> Matrix:
        raise ProviderTimeoutError(f"The provider did not answer for {len(texts)} texts.")


def database_of(app: App) -> Database:
    return Database(app.server.engine, Binding("acme", "prod"))


async def leave_underived(app: App, *texts: str) -> None:
    """Store turns as a process does that dies before it derives anything."""
    session = (await app.http.post("/api/v1/acme/sessions", json={"scope": {"user": "alice"}})).json()["id"]
    for text in texts:
        body = {"role": "user", "content": text, "infer": "none"}
        turn = (await app.http.post(f"/api/v1/acme/sessions/{session}/turns", json=body)).json()["turn_id"]
        database = database_of(app)
        await database.write("UPDATE type::record('turn', $id) SET extracted_at = NONE, infer = 'full'", {"id": turn})
        await database.write("DELETE memory_chunk WHERE source_turn = type::record('turn', $id)", {"id": turn})
        app.clock.advance(1)


async def test_a_sweep_derives_what_was_left_in_its_order(acme: App) -> None:
    await leave_underived(acme, "I live in Berlin.", "I moved to Munich.")
    assert await acme.server.memory.backlog.sweep() == 0
    acme.clock.advance(10)
    assert await acme.server.memory.backlog.sweep() == 2
    state = (await acme.http.get("/api/v1/acme/state")).json()["identity"]["attributes"]
    assert [row["value"] for row in state] == ["Munich"]
    assert len(await database_of(acme).rows("SELECT id FROM memory_chunk")) == 2
    assert await acme.server.memory.backlog.sweep() == 0


async def test_a_turn_is_kept_while_its_provider_is_away(world: World) -> None:
    remembering = Remembering(world.turns, world.derivation, world.clock)
    session = await world.sessions.create(world.database, SCOPE)
    away = replace(world.tools, embedder=Away())
    new = NewTurn("user", "I live in Berlin.")
    remembered = await remembering.remember(away, session.id, SCOPE, new)
    assert remembered.derived is None
    (stored,) = await world.turns.page(world.database, session.id, visible(SCOPE), limit=10)
    assert (stored.content, stored.extracted_at) == ("I live in Berlin.", None)
    whole = await remembering.remember_all(away, session.id, SCOPE, [new, new], whole=True)
    assert [one.derived for one in whole] == [None, None]
    derived = await remembering.derive(world.tools, stored)
    assert derived is not None
    assert len(derived.chunks) == 1
    assert await remembering.derive(world.tools, stored) is None


async def test_a_context_that_fails_does_not_stop_the_others(app: App) -> None:
    await app.context("beta")
    await app.context("acme")
    await leave_underived(app, "I live in Berlin.")
    app.server.control.contexts.problems["beta"] = "It is broken."
    app.clock.advance(10)
    assert await app.server.memory.backlog.sweep() == 1


async def test_triples_are_worked_in_later_too(acme: App) -> None:
    body = {"infer": "triples", "triples": [{"subject": "alice", "predicate": "employer", "object": "Acme"}]}
    turn = (await acme.http.post(FACTS, json=body)).json()["turn_id"]
    database = database_of(acme)
    for table in ("attribute", "relates_to", "entity", "memory_chunk"):
        await database.write(f"DELETE {table}")
    await database.write("UPDATE type::record('turn', $id) SET extracted_at = NONE", {"id": turn})
    acme.clock.advance(10)
    assert await acme.server.memory.backlog.sweep() == 1
    (row,) = await database.rows("SELECT source, value FROM attribute")
    assert (row["value"], row["source"]["kind"]) == ("Acme", "document")
