"""`backup prune`: a dry run unless it is told otherwise, and every reason in words."""

from datetime import timedelta

import pytest

from ops.repository.manifest import Manifest
from ops.repository.names import manifest_of
from tests.ops.desk import Desk


@pytest.fixture
def aged(desk: Desk) -> list[Manifest]:
    """Sets of 0, 10, 40, 41, 47 and 500 days ago."""
    assert desk.run("backup run --all --with-objects").code == 0
    newest = desk.repository.listing().sets[0]
    sets = [newest]
    for days in (10, 40, 41, 47, 500):
        at = newest.started_at - timedelta(days=days)
        name = f"{at:%Y%m%dT%H%M%SZ}-aged{days}"
        old = newest.model_copy(update={"id": name, "started_at": at, "contexts": (), "control": None, "objects": None})
        desk.repository.storage.put(manifest_of(name), old.encode())
        sets.append(old)
    return sets


def ids(desk: Desk) -> set[str]:
    return {one.id for one in desk.repository.listing().sets}


def test_it_says_what_it_would_do_and_does_nothing(desk: Desk, aged: list[Manifest]) -> None:
    done = desk.run("backup prune")
    assert done.code == 0
    assert "would be deleted. Nothing was; --apply does it." in done.stderr
    assert "older than 365 days" in done.stdout
    assert "the newest good set" in done.stdout
    assert ids(desk) == {one.id for one in aged}


def test_it_does_exactly_what_it_said(desk: Desk, aged: list[Manifest]) -> None:
    said = desk.run("backup prune --json").json
    assert not said["applied"]
    assert desk.run("backup prune --apply").code == 0
    assert ids(desk) == {one["id"] for one in said["sets"] if one["keep"]}
    assert aged[-1].id not in ids(desk)
    assert desk.run("backup verify latest").code == 0


def test_held_drilled_and_read_sets_stay(desk: Desk, aged: list[Manifest]) -> None:
    oldest, other, third = aged[-1], aged[-2], aged[-3]
    assert desk.run(f"backup hold {oldest.id} --reason 'case 7'").code == 0
    desk.repository.marks.drilled(other.id, "passed")
    with desk.repository.marks.reading(third.id, "a restore"):
        done = desk.run("backup prune --daily 1 --weekly 1 --apply")
    assert done.code == 0
    assert "held: case 7" in done.stdout
    assert ids(desk) == {aged[0].id, oldest.id, other.id, third.id}
    assert desk.run(f"backup unhold {oldest.id}").code == 0
    assert desk.run("backup prune --daily 1 --weekly 1 --apply").code == 0
    assert ids(desk) == {aged[0].id, other.id}


def test_copies_of_documents_go_with_the_last_set_that_lists_them(desk: Desk, aged: list[Manifest]) -> None:
    copies = {stored.name for stored in desk.repository.storage.list("objects/")}
    assert len(copies) == 2
    desk.repository.storage.put("objects/ff/ff00.old.zst", b"nobody lists it")
    done = desk.run("backup prune --apply --json")
    assert done.json["copies_deleted"] == 1
    assert {stored.name for stored in desk.repository.storage.list("objects/")} == copies
    assert ids(desk) < {one.id for one in aged}


def test_what_can_not_be_read_is_neither_counted_nor_deleted(desk: Desk, aged: list[Manifest]) -> None:
    desk.repository.storage.put(manifest_of(aged[2].id), b"{}")
    desk.repository.storage.put("objects/ff/ff00.old.zst", b"who knows")
    done = desk.run("backup prune --apply")
    assert done.code == 1
    assert "It is neither counted nor deleted" in done.stderr
    assert aged[2].id in desk.repository.listing().damaged
    assert desk.repository.storage.read("objects/ff/ff00.old.zst") is not None


def test_it_waits_for_nobody(desk: Desk, aged: list[Manifest]) -> None:
    with desk.repository.lock("a backup").held():
        assert desk.run("backup prune --apply").code == 3
        assert desk.run("backup prune").code == 0
    assert len(ids(desk)) == len(aged)


@pytest.mark.parametrize("line", ["--daily 0", "--weekly -1", "--daily x"])
def test_a_span_that_keeps_nothing_is_wrong_usage(desk: Desk, line: str) -> None:
    assert desk.run(f"backup prune {line} --apply").code == 2
