"""`backup verify` reads every byte, and finds every one that is another."""

import random

import pytest

from ops.repository.directory import DirectoryStorage
from ops.repository.names import manifest_of
from tests.ops.desk import Desk


def damage(desk: Desk, name: str, data: bytes) -> None:
    desk.repository.storage.put(name, data)


def stored(desk: Desk, name: str) -> bytes:
    tagged = desk.repository.storage.read(name)
    assert tagged is not None
    return tagged.data


def test_a_changed_byte_in_any_file_is_found(desk: Desk) -> None:
    assert desk.run("backup run --all --with-objects").code == 0
    chance = random.Random(7)
    for file in [*desk.repository.storage.list("sets/"), *desk.repository.storage.list("objects/")]:
        whole = stored(desk, file.name)
        changed = bytearray(whole)
        changed[chance.randrange(len(whole))] ^= 1 + chance.randrange(255)
        for broken in (bytes(changed), whole[:-1], whole + b"x", b""):
            damage(desk, file.name, broken)
            done = desk.run("backup verify --all")
            assert done.code == 1, (file.name, broken[:20])
            assert "use another set" in (done.stderr + done.stdout).casefold()
        damage(desk, file.name, whole)
    assert desk.run("backup verify --all").code == 0


def test_a_missing_file_is_found_and_the_others_are_still_read(either: Desk) -> None:
    made = either.run("backup run --all --json").json
    lost = made["contexts"][0]["file"]["name"]
    either.repository.storage.delete(lost)
    done = either.run("backup verify latest --json")
    assert done.code == 1
    problems = {one["name"]: one["problem"] for one in done.json["sets"][made["id"]]}
    assert problems[lost]
    assert [name for name, problem in problems.items() if problem] == [lost]


def test_a_manifest_without_its_files_is_found(desk: Desk) -> None:
    made = desk.run("backup run --all --json").json
    for file in [*desk.repository.storage.list(f"sets/{made['id']}/")]:
        if file.name != manifest_of(made["id"]):
            desk.repository.storage.delete(file.name)
    assert desk.run("backup verify latest").code == 1


def test_an_older_set_does_not_stand_in_for_a_damaged_one(desk: Desk) -> None:
    older = desk.run("backup run --all --json").json["id"]
    desk.repository.storage.put("sets/21000101T000000Z-ff/manifest.json", b"{}")
    for line in ("backup verify", "backup show", "drill run", "restore run --context acme --as new"):
        done = desk.run(line)
        assert done.code == 1, line
        assert f"The newest good one is {older}: name it instead of `latest`." in done.stderr
    assert desk.run(f"backup verify {older}").code == 0


def test_swapped_dumps_are_found(desk: Desk) -> None:
    made = desk.run("backup run --all --json").json
    first, second = (each["file"]["name"] for each in made["contexts"])
    one, other = stored(desk, first), stored(desk, second)
    damage(desk, first, other)
    damage(desk, second, one)
    assert desk.run("backup verify latest").code == 1


def test_an_empty_repository_is_nothing_to_verify_and_a_missing_one_a_failure(
    desk: Desk, folder_storage: DirectoryStorage
) -> None:
    desk.address = str(folder_storage)
    done = desk.run("backup verify --all")
    assert done.code == 1
    assert "disk is mounted" in done.stderr
    folder_storage.put("other", b"")
    for line in ("backup verify --all", "backup verify", "backup prune", "backup show"):
        assert desk.run(line).code == 3, line
    assert desk.run("backup list").code == 0


@pytest.mark.parametrize("line", ["backup show nope", "backup verify nope", "backup hold nope", "backup unhold nope"])
def test_an_unknown_set_is_told(desk: Desk, line: str) -> None:
    assert desk.run("backup run --all").code == 0
    done = desk.run(line)
    assert done.code == 1
    assert "There is no set nope" in done.stderr


def test_the_result_stays_beside_the_set(desk: Desk) -> None:
    made = desk.run("backup run --all --json").json
    assert desk.run("backup show latest --json").json["marks"]["verified"] is None
    assert desk.run("backup verify latest").code == 0
    (listed,) = desk.run("backup list --json").json["sets"]
    assert (listed["marks"]["verified"]["passed"], listed["marks"]["verified"]["reason"]) == (True, "as written")
    damage(desk, made["control"]["file"]["name"], b"rubbish")
    assert desk.run("backup verify latest").code == 1
    mark = desk.run("backup show latest --json").json["marks"]["verified"]
    assert (mark["passed"], mark["reason"]) == (False, "1 files are not as they were written")
