"""A document that is deleted is in the audit, once, with who did it, and with nothing of what it said."""

import asyncio
from pathlib import Path

import pytest

from server.control.audit import SYSTEM, Origin
from server.core.errors import NotFoundError, UnavailableError
from server.core.scope import parse
from server.store.engine import Row
from tests.documents.shelf import Shelf, shelf_in
from tests.documents.test_uploads import TEXT, Broken

ALICE = Origin(actor="alice", principal="agent", request_id="r1")


async def events(shelf: Shelf) -> list[Row]:
    return await shelf.database.rows("SELECT *, record::id(id) AS id FROM audit_event ORDER BY id")


async def test_a_deletion_leaves_its_event_in_the_documents_scope(shelf: Shelf) -> None:
    document = await shelf.added(TEXT, scope="user=alice", title="A secret plan")
    deletion = await shelf.library.removal.delete(shelf.opened, document, ALICE)
    (event,) = await events(shelf)
    assert event["id"] == deletion.audit_id
    assert (event["kind"], event["action"], event["target"]) == ("document", "document.delete", document.id)
    assert (event["actor"], event["principal"], event["request_id"]) == ("alice", "agent", "r1")
    assert event["detail"]["counts"] == {"document": 1, "knowledge_chunk": deletion.chunks}
    assert [attribute.id for attribute in event["scope"]] == [["user", "alice"]]
    assert "secret" not in str(event)


async def test_of_two_who_delete_it_at_once_one_is_told_that_it_is_gone(shelf: Shelf) -> None:
    document = await shelf.added(TEXT)
    removing = (shelf.library.removal.delete(shelf.opened, document, ALICE) for _ in range(2))
    first, second = await asyncio.gather(*removing, return_exceptions=True)
    assert {type(first), type(second)} >= {NotFoundError}
    assert len(await events(shelf)) == 1
    assert await shelf.rows("document") == 0


async def test_what_is_finished_later_has_the_event_of_the_one_who_began(tmp_path: Path) -> None:
    objects = Broken(tmp_path / "objects")
    async with shelf_in(tmp_path, objects=objects) as shelf:
        document = await shelf.added(TEXT)
        objects.failing = "delete"
        with pytest.raises(UnavailableError):
            await shelf.library.removal.delete(shelf.opened, document, ALICE)
        objects.failing = ""
        assert await shelf.library.removal.resume(shelf.opened) == 1
        assert [event["actor"] for event in await events(shelf)] == ["alice"]


async def test_erasing_a_scope_leaves_an_event_for_each_document(shelf: Shelf) -> None:
    mine = [await shelf.added(f"{TEXT} {number}", scope="user=alice") for number in range(3)]
    await shelf.added(TEXT, scope="user=bob")
    counts = await shelf.library.removal.erase_scope(shelf.opened, parse("user=alice"), SYSTEM)
    assert counts["document"] == len(mine)
    assert {event["target"] for event in await events(shelf)} == {document.id for document in mine}
