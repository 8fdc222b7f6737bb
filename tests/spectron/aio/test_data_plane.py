"""The data plane of the SDK against a whole server in this process."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from spectron import AsyncSpectronManagement, ForbiddenError, NotFoundError
from spectron.aio.context import AsyncContextHandle
from tests.support.app import CONTEXT, App, running

ALICE = {"org": "acme", "user": "alice"}
SHIPS = b"# Ships\n\n" + b"The Aurora sails from Lisbon to Porto. " * 100


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    async with running(tmp_path, works=True) as app:
        await app.context()
        yield app


@pytest.fixture
async def admin(app: App) -> AsyncIterator[AsyncSpectronManagement]:
    async with client(app, app.key) as admin:
        yield admin


@pytest.fixture
def acme(admin: AsyncSpectronManagement) -> AsyncContextHandle:
    return admin.contexts(CONTEXT)


def client(app: App, key: str) -> AsyncSpectronManagement:
    transport = httpx.ASGITransport(app.server.api, client=("127.0.0.1", 40_000))
    return AsyncSpectronManagement("http://spectron.test", key, transport=transport)


async def test_a_document_from_upload_to_deletion(
    admin: AsyncSpectronManagement, acme: AsyncContextHandle, tmp_path: Path
) -> None:
    (tmp_path / "ships.md").write_bytes(SHIPS)
    told: list[int] = []

    received = await acme.documents.upload(
        tmp_path / "ships.md", scope={"org": "acme"}, progress=lambda done, _: told.append(done)
    )
    document = await acme.documents.wait(received.id)

    assert (document.status, document.title, document.scope) == ("ready", "Ships", {"org": "acme"})
    assert (document.size_bytes, told[-1]) == (len(SHIPS), len(SHIPS))
    assert (await acme.documents.upload(SHIPS, scope="org/acme")).deduplicated
    assert (await acme.documents.list(status="ready")).total == 1
    assert [one.id async for one in acme.documents.iterate(page_size=1)] == [document.id]

    chunks = [chunk async for chunk in acme.documents.iterate_chunks(document.id, page_size=2)]
    assert [chunk.position for chunk in chunks] == list(range(document.chunk_count or 0))
    assert all(chunk.text.encode() == SHIPS[chunk.char_start : chunk.char_end] for chunk in chunks)
    keywords = await acme.documents.keywords_of(document.id)
    assert keywords.items
    assert (await acme.documents.keywords.get(keywords.items[0].normalised)).documents[0]["id"] == document.id
    hits = await acme.documents.query("Where does the Aurora sail?", k=2, scope={"org": "acme"})
    assert hits.items[0].chunk.document == document.id

    assert b"".join([piece async for piece in acme.documents.raw(document.id, start=2, end=7)]) == b"Ships"
    await acme.documents.download(document.id, tmp_path / "copy.md")
    assert (tmp_path / "copy.md").read_bytes() == SHIPS

    job = (await admin.jobs.list(context=CONTEXT)).items[0]
    assert (job.subject, job.state) == (document.id, "done")
    assert (await admin.jobs.get(job.id)).kind == job.kind
    assert (await acme.documents.reprocess(document.id)).id == document.id
    assert (await acme.documents.wait(document.id)).status == "ready"
    deleted = await acme.documents.delete(document.id)
    assert (deleted.id, deleted.chunks, bool(deleted.audit_id)) == (document.id, document.chunk_count, True)
    with pytest.raises(NotFoundError):
        await acme.documents.get(document.id)


async def test_an_empty_file_fails_with_a_reason(acme: AsyncContextHandle) -> None:
    received = await acme.documents.upload(b"%PDF-1.7 broken", filename="broken.pdf")

    document = await acme.documents.wait(received.id)

    assert document.status == "failed"
    assert document.error


async def test_what_is_remembered_is_believed_recalled_and_forgotten(app: App, acme: AsyncContextHandle) -> None:
    first = await acme.memory.remember("I live in Lisbon.", scope=ALICE)
    since = app.clock.now()
    app.clock.advance(86_400)
    preview = await acme.memory.remember("I moved to Rome.", scope=ALICE, infer="preview")
    assert preview.preview
    assert preview.extraction
    assert preview.extraction.corrections[0]["new"] == "Rome"
    await acme.memory.remember("I moved to Rome.", scope=ALICE, session_id=first.session_id)

    assert [one.value for one in (await acme.memory.profile(scope=ALICE)).static] == ["Rome"]
    then = await acme.memory.state(scope=ALICE, as_of=since, at_instant=since)
    assert [one.value for one in then.identity.attributes] == ["Lisbon"]
    changed = (await acme.memory.state_diff(since, scope=ALICE)).changed
    assert [(one.old, one.new) for one in changed] == [("Lisbon", "Rome")]
    history = await acme.entities.history("Person", "alice", "location", scope=ALICE)
    assert [one.value for one in history] == ["Lisbon", "Rome"]
    assert len((await acme.memory.inspect("attribute:Person/alice/location")).history) == 2

    recalled = await acme.memory.recall("Where does alice live?", scope=ALICE)
    assert (recalled.tier, recalled.hits[0].value) == ("direct", "Rome")
    assert "Rome" in (await acme.memory.query_context("Where does alice live?", scope=ALICE)).context

    counted = await acme.memory.forget("entity:Person/alice", dry_run=True)
    assert (counted.deleted, counted.dry_run, counted.would_delete > 0) == (0, True, True)
    await acme.entities.delete("Person", "alice")
    with pytest.raises(NotFoundError):
        await acme.entities.get("Person", "alice")
    assert (await acme.entities.reinstate("Person", "alice")).reinstated > 0
    assert (await acme.entities.get("Person", "alice")).attributes
    await acme.entities.delete("Person", "alice", hard=True, scope=ALICE)
    with pytest.raises(NotFoundError):
        await acme.entities.reinstate("Person", "alice")


async def test_a_conversation_is_read_page_by_page(app: App, acme: AsyncContextHandle) -> None:
    session = await acme.sessions.create(scope=ALICE, metadata={"channel": "chat"})
    for number in range(5):
        await acme.sessions.add_turn(session.id, role="user", content=f"Number {number}.")
    app.clock.advance(1)
    other = await acme.memory.remember_many([{"role": "user", "content": "Carol works at Initech."}], scope=ALICE)

    turns = [turn async for turn in acme.sessions.iterate_turns(session.id, page_size=2)]
    sessions = [one.id async for one in acme.sessions.iterate(page_size=1)]

    assert [(turn.seq, turn.content) for turn in turns] == [(n + 1, f"Number {n}.") for n in range(5)]
    assert sessions == [other.session_id, session.id]
    assert (await acme.sessions.get(session.id)).metadata == {"channel": "chat"}
    assert "Number 4." in (await acme.sessions.context(session.id, query="Carol")).context
    names = [one.name async for one in acme.entities.iterate(page_size=1)]
    assert {"Carol", "Initech"} <= set(names)
    await acme.sessions.delete(session.id)
    with pytest.raises(NotFoundError):
        await acme.sessions.get(session.id)


async def test_the_scope_tree(acme: AsyncContextHandle) -> None:
    await acme.memory.remember("I live in Lisbon.", scope=ALICE)
    await acme.scopes.create("org/acme", display_name="Acme")

    assert {place.path: place.display_name for place in await acme.scopes.list()} == {
        "org/acme": "Acme",
        "org/acme/user/alice": None,
    }
    await acme.scopes.remove("org/acme")
    assert (await acme.scopes.forget("org/acme/user/alice")).forgotten > 0
    assert [place.path for place in await acme.scopes.list() if not place.tombstoned_at] == []


async def test_a_sound_context_is_said_to_be_sound(acme: AsyncContextHandle) -> None:
    received = await acme.documents.upload(SHIPS)
    await acme.documents.wait(received.id)
    await acme.memory.remember("I sail on the Aurora.", scope=ALICE)

    report = await acme.memory.fsck(repair=True)

    assert (report.count, report.repaired, report.problems) == (0, 0, ())
    assert report.checked["documents"] == 1
    assert await acme.documents.recompute_links() >= 0


async def test_a_key_of_the_context_stays_in_its_floor(app: App, admin: AsyncSpectronManagement) -> None:
    minted = await app.mint(scope_floor={"org": "acme", "user": "bob"})
    await admin.contexts(CONTEXT).memory.remember("I live in Lisbon.", scope=ALICE)

    async with client(app, minted["secret"]) as bob:
        memory = bob.contexts(CONTEXT).memory
        assert (await memory.recall("Where does alice live?")).hits == ()
        with pytest.raises(ForbiddenError):
            await memory.remember("I am alice.", scope=ALICE)


async def test_who_may_do_what_and_who_did(app: App, acme: AsyncContextHandle) -> None:
    minted = await app.mint(name="bot", scope_floor={"org": "acme"})
    async with client(app, minted["secret"]) as bot:
        own = bot.contexts(CONTEXT).access
        caller = await own.me()
        await bot.contexts(CONTEXT).memory.remember("I live in Lisbon.", scope=ALICE)
        (access, *_) = (await own.log(key=minted["id"], limit=5)).rows
        assert {"memory:read", "memory:write"} <= set(await own.effective(minted["id"], "org/acme"))
        assert await own.effective(minted["id"], "org/other") == ()

    assert (caller.principal_id, caller.kind, caller.display_name) == (minted["id"], "agent", "bot")
    assert set(caller.effective_grants["memory:read"]) == {"org/acme/*"}
    assert (access.operation, access.kind, access.principal) == ("remember", "decision", minted["id"])
    assert minted["id"] in {one.id for one in await acme.access.principals()}
    assert (await acme.access.principal(minted["id"])).grants == caller.effective_grants
    with pytest.raises(NotFoundError):
        await acme.access.principal("nobody")


async def test_conclusions_are_foretold_and_then_drawn(acme: AsyncContextHandle) -> None:
    for place in ("Lisbon", "Porto"):
        await acme.memory.remember(f"I live in {place}.", scope=ALICE)

    foretold = await acme.memory.consolidate(dry_run=True)
    done = await acme.memory.consolidate()

    assert foretold.dry_run
    assert foretold.created == done.created >= 1
    assert [one.value for one in foretold.outcomes] == [one.value for one in done.outcomes]
    assert (await acme.memory.consolidate()).created == 0
    assert (await acme.memory.elaborate(dry_run=True)).relations_emitted == 0
