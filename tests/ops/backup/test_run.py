"""`backup run`: what is in the set, and what is told when something is not."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pyrage
import pytest

from ops.backup.inventory import entries
from ops.repository.encryption import Identities
from ops.repository.sets import Repository
from tests.ops.desk import Desk
from tests.ops.dumps import dump_of


def content(repository: Repository, name: str, context: str) -> bytes:
    manifest = repository.get(name)
    dump = manifest.of_context(context)
    assert dump is not None
    found = bytearray()
    repository.read(dump.file, encrypted=manifest.encrypted, identities=Identities(), sink=found.extend)
    return bytes(found)


def test_a_set_holds_every_dump_byte_for_byte(either: Desk) -> None:
    done = either.run("backup run --all --json")
    assert (done.code, done.stderr) == (0, "")
    made = either.repository.get(done.json["id"])
    assert made.good
    assert made.complete
    assert [dump.context for dump in made.contexts] == ["acme", "zoë"]
    for context in ("acme", "zoë"):
        assert content(either.repository, made.id, context) == either.deployment.contexts[context]
    acme = made.of_context("acme")
    assert acme is not None
    assert (acme.trailer.rows, acme.namespace, acme.database, acme.header.schema_version) == (300, "n", "acme", 2)
    assert made.control is not None
    assert made.objects is not None
    assert (made.objects.count, made.objects.copied) == (3, False)
    assert either.run("backup verify latest").code == 0


def test_single_contexts_by_argument_or_option(desk: Desk) -> None:
    for line in ("backup run zoë", "backup run --context zoë", "--context zoë backup run"):
        assert desk.run(line).code == 0, line
        made = desk.repository.listing().sets[0]
        assert ([dump.context for dump in made.contexts], made.complete) == (["zoë"], False)


@pytest.mark.parametrize("line", ["backup run", "backup run acme --all", "backup run --all --max-drop 3"])
def test_what_to_save_has_to_be_said(desk: Desk, line: str) -> None:
    desk.environ["SPECTRON_CONTEXT_ID"] = "acme"
    assert desk.run(line).code in {1, 2}
    assert [*desk.repository.storage.list()] == []


def test_a_context_that_fails_stops_no_other(desk: Desk) -> None:
    desk.deployment.refused["contexts/acme/export"] = 500
    done = desk.run("backup run --all")
    assert done.code == 1
    assert "Error: acme: Refused: a test wants it so" in done.stderr
    made = desk.repository.listing().sets[0]
    assert [dump.context for dump in made.contexts] == ["zoë"]
    assert made.control is not None
    assert not made.good


@pytest.mark.parametrize("broken", ["acme", "control"])
def test_a_dump_that_breaks_off_is_no_dump(either: Desk, broken: str) -> None:
    either.deployment.broken.add(broken)
    done = either.run("backup run --all")
    assert done.code == 1
    assert "broke off" in done.stderr
    made = either.repository.listing().sets[0]
    assert not made.good
    assert {stored.name for stored in either.repository.storage.list("sets/")} - {file.name for file in made.files} == {
        f"sets/{made.id}/manifest.json"
    }


def test_a_dump_without_its_last_line_is_refused_though_the_connection_ended_well(desk: Desk) -> None:
    dump = desk.deployment.contexts["acme"]
    desk.deployment.contexts["acme"] = dump[: dump.rindex(b"-- spectron: ")]
    done = desk.run("backup run --all")
    assert done.code == 1
    assert "cut short" in done.stderr


def test_the_dump_of_another_context_is_refused(desk: Desk) -> None:
    desk.deployment.contexts["acme"] = desk.deployment.contexts["zoë"]
    done = desk.run("backup run --all")
    assert done.code == 1
    assert "the dump of zoë" in done.stderr


@pytest.mark.parametrize("rows", [149, 1, 0])
def test_a_drop_sounds_the_alarm_until_it_is_accepted(desk: Desk, rows: int) -> None:
    assert desk.run("backup run --all").code == 0
    desk.deployment.fill("acme", rows)
    for _ in range(2):
        done = desk.run("backup run --all --allow-empty acme")
        assert done.code == 1
        assert f"it has {rows} rows and had 300" in done.stderr
    assert desk.run("backup run --all --allow-empty acme --max-drop 100%").code == 0
    assert desk.run("backup run --all --allow-empty acme").code == 0


def test_a_context_that_was_never_used_is_no_cause_for_alarm(desk: Desk) -> None:
    for _ in range(2):
        desk.deployment.fill("new", 0)
        done = desk.run("backup run --all")
        assert done.code == 0
        assert "new: it holds no row at all, and never did" in done.stderr
    desk.deployment.fill("new", 3)
    assert "new" not in desk.run("backup run --all").stderr


def test_a_context_that_lost_its_rows_has_to_be_declared_once(desk: Desk) -> None:
    assert desk.run("backup run --all").code == 0
    desk.deployment.fill("zoë", 0)
    for _ in range(2):
        done = desk.run("backup run --all --max-drop 100%")
        assert done.code == 1
        assert "no row at all; if that is right, say so with --allow-empty zoë" in done.stderr
    assert desk.run("backup run --all --max-drop 100% --allow-empty zoë").code == 0
    assert desk.run("backup run --all").code == 0


def test_a_context_that_could_not_be_saved_before_and_is_empty_now_sounds_the_alarm(desk: Desk) -> None:
    desk.deployment.fill("new", 3)
    desk.deployment.broken.add("new")
    assert desk.run("backup run --all").code == 1
    desk.deployment.broken.clear()
    desk.deployment.fill("new", 0)
    done = desk.run("backup run --all")
    assert done.code == 1
    assert "no row at all; if that is right" in done.stderr


def test_what_the_server_notes_of_itself_is_no_row_of_a_context(desk: Desk) -> None:
    desk.deployment.fill("new", 3)
    assert desk.run("backup run --all").code == 0
    desk.deployment.contexts["new"] = dump_of("new", {"_migrations": ["1", "2", "3"], "turn": []})
    done = desk.run("backup run --all")
    assert done.code == 1
    assert "no row at all" in done.stderr


def test_a_document_that_is_deleted_while_originals_are_copied_fails_no_backup(desk: Desk) -> None:
    def vanish(_: int) -> None:
        if desk.deployment.downloads:
            desk.deployment.documents["acme"] = {"d1": desk.deployment.documents["acme"]["d1"]}

    desk.deployment.on_bytes = vanish
    made = desk.run("backup run --all --with-objects --json").json
    assert (made["good"], made["objects"]["count"]) == (True, 1)


def test_contexts_that_vanish_sound_the_alarm(desk: Desk) -> None:
    assert desk.run("backup run --all").code == 0
    desk.deployment.contexts.clear()
    done = desk.run("backup run --all")
    assert done.code == 1
    assert "The server has no Context" in done.stderr
    assert "2 of 2 Contexts have gone" in done.stderr


def test_a_named_context_that_is_not_there_fails_alone(desk: Desk) -> None:
    done = desk.run("backup run acme nope")
    assert done.code == 1
    assert "nope: There is no such Context" in done.stderr
    assert [dump.context for dump in desk.repository.listing().sets[0].contexts] == ["acme"]


def test_where_nothing_can_be_saved_there_is_no_set(desk: Desk) -> None:
    desk.deployment.refused |= {"contexts": 403, "control/export": 403}
    done = desk.run("backup run --all")
    assert done.code == 1
    assert "Nothing could be saved" in done.stderr
    assert desk.repository.listing().sets == ()
    assert [*desk.repository.storage.list("sets/")] == []


def test_a_dry_run_writes_nothing(desk: Desk) -> None:
    assert desk.run("backup run --all").code == 0
    before = [(stored.name, stored.modified) for stored in desk.repository.storage.list()]
    shown = desk.run("backup run --all --dry-run --json").json
    assert [(one["id"], one["last_rows"]) for one in shown["contexts"]] == [("acme", 300), ("zoë", 20)]
    assert desk.run("backup run nope --dry-run").code == 1
    assert [(stored.name, stored.modified) for stored in desk.repository.storage.list()] == before


def test_a_locked_repository_is_told_by_its_own_exit_code(either: Desk) -> None:
    with either.repository.lock("a long backup").held():
        done = either.run("backup run --all")
    assert done.code == 3
    assert "a long backup runs there since" in done.stderr


def test_when_a_document_came_is_listed(desk: Desk) -> None:
    made = desk.run("backup run --all --with-objects --json").json
    listed = entries(desk.repository, desk.repository.get(made["id"]).objects)  # type: ignore[arg-type]
    assert {entry.uploaded_at for entry in listed} == {datetime(2026, 1, 1, tzinfo=UTC)}


def test_originals_are_copied_once(either: Desk) -> None:
    first = either.run("backup run --all --with-objects --json").json
    assert first["objects"]["count"] == 3
    assert len(either.deployment.downloads) == 2
    either.deployment.documents["zoë"] = {"d9": b"new"}
    second = either.run("backup run --all --with-objects --json").json
    assert (second["objects"]["count"], either.deployment.downloads[2:]) == (4, ["d9"])
    assert either.run("backup verify --all").code == 0
    listed = entries(either.repository, either.repository.get(second["id"]).objects)  # type: ignore[arg-type]
    assert all(entry.stored is not None for entry in listed)


def test_an_original_that_was_damaged_in_the_store_is_told(desk: Desk) -> None:
    desk.deployment.refused["acme/documents/d1/raw"] = 503
    done = desk.run("backup run --all --with-objects")
    assert done.code == 1
    assert "document d1 of acme" in done.stderr
    assert len(desk.deployment.downloads) == 1


def test_an_encrypted_set_is_written_without_the_key_and_read_with_it(either: Desk) -> None:
    key = pyrage.x25519.Identity.generate()
    (either.folder / "key.txt").write_text(f"# made by a test\n{key}\n")
    (either.folder / "wrong.txt").write_text(f"{pyrage.x25519.Identity.generate()}\n")
    either.environ["SPECTRON_BACKUP_RECIPIENTS"] = str(key.to_public())
    assert either.run("backup run --all --with-objects").code == 0
    for stored in either.repository.storage.list():
        with either.repository.storage.reading(stored.name) as reader:
            assert b"row 1" not in reader.read(1 << 20)
    unread = either.run("backup verify latest")
    assert unread.code == 0
    assert "only its bytes were compared" in unread.stderr
    assert either.run(f"backup verify latest --identity '{either.folder}/key.txt'").code == 0
    wrong = either.run(f"backup verify latest --identity '{either.folder}/wrong.txt'")
    assert wrong.code == 1
    assert "right age key" in wrong.stdout


def test_a_clock_that_went_back_is_told(desk: Desk) -> None:
    assert desk.run("backup run --all").code == 0
    name = desk.repository.listing().sets[0].id
    stored = desk.repository.storage.read(f"sets/{name}/manifest.json")
    assert stored is not None
    future = desk.repository.get(name).model_copy(update={"id": "21000101T000000Z-ff"})
    future = future.model_copy(update={"started_at": future.started_at.replace(year=2100)})
    desk.repository.storage.put("sets/21000101T000000Z-ff/manifest.json", future.encode())
    done = desk.run("backup run --all")
    assert done.code == 1
    assert "clock" in done.stderr


def test_secrets_do_not_show(desk: Desk) -> None:
    done = desk.run("backup run --all --json")
    assert "mgmt-id-secret" not in json.dumps(done.json) + done.stderr


def test_a_newer_format_of_something_else_is_no_dump(desk: Desk) -> None:
    desk.deployment.contexts["acme"] = dump_of("acme", {"turn": ["1"]}).replace(b"-- spectron-dump", b"-- other-dump")
    done = desk.run("backup run --all")
    assert done.code == 1
    assert "no dump of Spectron" in done.stderr


def test_a_repository_whose_disk_is_gone_is_not_begun_again(either: Desk) -> None:
    assert either.run("backup run --all").code == 0
    for stored in [*either.repository.storage.list()]:
        either.repository.storage.delete(stored.name)
    done = either.run("backup run --all")
    assert done.code == 1
    assert "its disk is not mounted, or somebody emptied it" in done.stderr
    assert [*either.repository.storage.list()] == []
    assert either.run("backup run --all --anew").code == 0
    assert either.run("backup run --all").code == 0


def test_what_can_not_be_remembered_is_told_and_stops_no_backup(desk: Desk) -> None:
    desk.environ["XDG_STATE_HOME"] = "/dev/null"
    done = desk.run("backup run --all")
    assert done.code == 0
    assert "XDG_STATE_HOME" in done.stderr


def test_what_a_dead_run_left_is_taken_over_and_told(desk: Desk) -> None:
    lock = desk.repository.lock("a backup of yesterday")
    lock._holder = replace(lock._holder, birth="1")
    lock.acquire()
    desk.repository.storage.put("sets/20260101T000000Z-ff/control.surql.zst", b"half")
    done = desk.run("backup run --all")
    assert done.code == 0
    assert "The lock that a backup of yesterday left when it died was taken over." in done.stderr
    assert "1 files or sets that were left half-written were removed." in done.stderr
    assert "left" not in desk.run("backup run --all").stderr
