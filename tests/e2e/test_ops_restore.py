"""From a real server to a set, from the set to other servers, and what a drill says about it."""

import os
import random
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.progress import Silent
from ops.repository.directory import DirectoryStorage
from ops.repository.encryption import Identities
from ops.repository.location import FolderLocation
from ops.restore.loading import Loader
from spectron import SpectronManagement
from spectron.errors import SpectronError
from tests.e2e.operator import OPS, Operator
from tests.ops.damage import DAMAGES, damaged_set
from tests.support.deployment import Deployment
from tests.support.processes import Process

ROUNDS = int(os.environ.get("SPECTRON_ROUNDS", "5"))
TEXTS = ("Maria moved from Lisbon to Porto.", "Tomás leads the payments team.", "The invoice 7741 is unpaid.")


@pytest.fixture(scope="module")
def operator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operator]:
    """A deployment with two Contexts, turns and a document, and one set of it."""
    folder = tmp_path_factory.mktemp("restore")
    with Deployment(folder / "data", folder) as running:
        with running.admin as admin:
            fill(admin, folder)
        operator = Operator(running, folder)
        made = operator.run("backup", "run", "--all", "--with-objects")
        assert made.returncode == 0, made.stdout + made.stderr
        yield operator


@pytest.fixture
def copy(operator: Operator, tmp_path: Path) -> DirectoryStorage:
    """A copy of the repository, for sets that are wrong."""
    shutil.copytree(operator.repository, tmp_path / "copy")
    return DirectoryStorage(FolderLocation(tmp_path / "copy"))


def fill(admin: SpectronManagement, folder: Path) -> None:
    admin.contexts.create(id="empty", namespace="empty", database="empty")
    admin.contexts.create(id="acme", namespace="acme", database="prod", config={"token_limit": 77})
    acme = admin.contexts("acme")
    session = acme.sessions.create()
    for text in TEXTS:
        acme.sessions.add_turn(session.id, role="user", content=text)
    (folder / "app.key").write_text(acme.keys.create(name="app").secret)
    note = folder / "note.md"
    note.write_text("# Harbour\n\nThe ferry to Almada leaves at nine.\n")
    acme.documents.wait(acme.documents.upload(note).id)


def master_key(operator: Operator) -> str:
    return str(operator.deployment.data_dir / "master.key")


def test_a_set_of_a_real_server_is_whole(operator: Operator) -> None:
    assert operator.run("backup", "verify", "latest").returncode == 0
    shown = operator.json("backup", "show", "latest")
    assert shown["good"]
    assert {dump["context"] for dump in shown["contexts"]} == {"acme", "empty"}
    assert shown["objects"]["count"] == 1


def test_one_context_under_a_new_name(operator: Operator) -> None:
    planned = operator.json("restore", "run", "--context", "acme", "--as", "acme-2", "--dry-run")
    assert planned["dry_run"]
    assert planned["expected_seconds"] > 0
    restored = operator.json("restore", "run", "--context", "acme", "--as", "acme-2")
    assert restored["rows"] > len(TEXTS)
    assert (restored["originals_stored"], restored["originals_missing"]) == (1, [])
    with operator.deployment.admin as admin:
        acme = admin.contexts("acme-2")
        assert acme.get().config["token_limit"] == 77
        assert any("Porto" in hit.text for hit in acme.memory.recall("Where did Maria move to?").hits)
        assert acme.memory.fsck(check="integrity").count == 0
        [minted] = restored["keys_minted"]
        with SpectronManagement(operator.deployment.url, minted["secret"]) as app:
            assert [*app.contexts("acme-2").documents.iterate()]
        again = operator.run("restore", "run", "--context", "acme", "--as", "acme-2")
        assert again.returncode == 3
        assert "has been restored from" in again.stderr
        other = operator.run("restore", "run", "--context", "empty", "--as", "acme")
        assert other.returncode == 1
        assert "never overwrites one" in other.stderr
        admin.contexts.delete("acme-2")


def test_a_context_comes_back_under_its_own_name_with_keys_that_work(operator: Operator, tmp_path: Path) -> None:
    target = tmp_path / "data"
    operator.json("restore", "run", "--fresh", str(target), "--master-key", master_key(operator))
    with Deployment(target, tmp_path) as running:
        elsewhere = Operator(running, operator.folder)
        with running.admin as admin:
            admin.contexts.delete("acme")
        restored = elsewhere.json("restore", "run", "--context", "acme", "--as", "acme")
        assert restored["keys_kept"] == ["app"]
        assert restored["database"] == "acme/prod"
        with SpectronManagement(running.url, (operator.folder / "app.key").read_text()) as app:
            assert [*app.contexts("acme").documents.iterate()]


def test_a_whole_deployment_in_a_fresh_folder(operator: Operator, tmp_path: Path) -> None:
    target = tmp_path / "new" / "data"
    refused = operator.run("restore", "run", "--fresh", str(target))
    assert (refused.returncode, target.exists()) == (2, False)
    assert "--contexts-only" in refused.stderr
    done = operator.json("restore", "run", "--fresh", str(target), "--master-key", master_key(operator))
    assert (done["control_plane"], done["objects"]) == (True, 1)
    assert [one.name for one in target.parent.iterdir()] == ["data"]
    with Deployment(target, tmp_path) as running, SpectronManagement(running.url, operator.deployment.key) as admin:
        acme = admin.contexts("acme")
        assert acme.get().config["token_limit"] == 77
        [document] = acme.documents.list()
        assert b"ferry to Almada" in acme.documents.fetch_raw(document.id)
        assert acme.memory.fsck(check="integrity").count == 0
    assert operator.run("restore", "run", "--fresh", str(target), "--contexts-only").returncode == 1


def test_a_drill_passes_and_is_remembered(operator: Operator, tmp_path: Path) -> None:
    page = tmp_path / "report.md"
    done = operator.run("drill", "run", "--master-key", master_key(operator), "--report", str(page))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "passed" in page.read_text().splitlines()[0]
    assert "acme: recall | passed" in page.read_text()
    listed = operator.json("drill", "list")
    assert listed["drills"][0]["passed"]
    assert listed["seconds_since_passed"] >= 0
    assert operator.json("backup", "list")["sets"][0]["marks"]["drilled"]


@pytest.mark.parametrize("kind", DAMAGES if ROUNDS > 5 else DAMAGES[:1])
def test_a_drill_catches_what_checksums_can_not(operator: Operator, copy: DirectoryStorage, kind: str) -> None:
    """A set whose files are exactly as written, but were wrong when they were."""
    repository, manifest, _ = damaged_set(copy, "acme", kind, random.Random(1))
    with repository.lock("a test").held() as lock:
        repository.publish(manifest, lock)
    damaged = manifest.id
    assert operator.run("backup", "verify", damaged, "--repository", str(copy)).returncode == 0
    done = operator.run("drill", "run", damaged, "--repository", str(copy))
    assert done.returncode == 1
    assert "did not pass" in done.stderr


def test_what_was_written_wrong_is_refused_whatever_is_wrong(copy: DirectoryStorage, tmp_path: Path) -> None:
    """Damage that no checksum shows, because the manifest was made of it.

    The dumps go the way that a drill sends them, and one server, which keeps nothing on disk, does for all of them.
    """
    chance = random.Random()
    with (
        Deployment(tmp_path / "memory", tmp_path, environment={"SPECTRON_DATABASE_URL": "memory"}) as running,
        running.admin as admin,
    ):
        admin.contexts.create(id="trial", namespace="trial", database="trial")
        for number in range(2 * ROUNDS):
            kind = DAMAGES[number % len(DAMAGES)]
            repository, manifest, told = damaged_set(copy, "acme", kind, chance)
            loader = Loader(repository, manifest, Identities(), Silent())
            with pytest.raises(SpectronError):
                pytest.fail(f"{told} was loaded: {loader.context(admin, manifest.contexts[0], 'trial')}")
            assert sum(admin.contexts("trial").stats().tables.values()) == 0
        loader = Loader(repository, repository.get("latest"), Identities(), Silent())
        sound = repository.get("latest").of_context("acme")
        assert sound is not None
        assert loader.context(admin, sound, "trial").rows == sound.trailer.rows


def test_killed_at_any_moment_it_is_the_new_deployment_or_none(operator: Operator, tmp_path: Path) -> None:
    target = tmp_path / "new" / "data"
    arguments = [
        OPS, "restore", "run", "--fresh", str(target), "--master-key", master_key(operator),
        "--repository", str(operator.repository),
    ]  # fmt: skip
    began = time.monotonic()
    with Process(arguments, tmp_path / "whole.log") as process:
        assert process.wait(300) == 0, process.output
    usual = time.monotonic() - began
    for _ in range(max(1, ROUNDS // 5)):
        shutil.rmtree(target)
        with Process(arguments, tmp_path / "killed.log") as process:
            time.sleep(random.uniform(0, usual))
            process.kill()
        if not target.exists():
            with Process(arguments, tmp_path / "again.log") as process:
                assert process.wait(300) == 0, process.output
        assert [one.name for one in target.parent.iterdir()] == ["data"]
        with Deployment(target, tmp_path) as running, SpectronManagement(running.url, operator.deployment.key) as admin:
            assert admin.contexts("acme").memory.fsck(check="integrity").count == 0


def test_killed_at_any_moment_there_is_the_new_context_or_none(operator: Operator, tmp_path: Path) -> None:
    """The restore or the server; either way the next restore needs no help, and nothing of the first one stays."""
    target = tmp_path / "data"
    operator.json("restore", "run", "--fresh", str(target), "--master-key", master_key(operator))
    with Deployment(target, tmp_path) as running:
        elsewhere = Operator(running, operator.folder)
        arguments = [OPS, "restore", "run", "--context", "acme", "--as", "acme-2", "--json"]
        began = time.monotonic()
        elsewhere.json(*arguments[1:])
        usual = time.monotonic() - began
        for number in range(ROUNDS):
            with running.admin as admin:
                admin.contexts.delete("acme-2")
            with Process(arguments, tmp_path / "killed.log", environment=elsewhere.environment) as process:
                time.sleep(random.uniform(0, usual))
                if number % 2:
                    process.kill()
                else:
                    running.kill()
                    process.wait()
                    running.start()
            done = elsewhere.run(*arguments[1:])
            assert done.returncode in {0, 3}, done.stdout + done.stderr
            with running.admin as admin:
                assert {one.id for one in admin.contexts.iterate()} == {"acme", "acme-2", "empty"}
                assert admin.contexts("acme-2").memory.fsck(check="integrity").count == 0
                assert admin.contexts("acme-2").get().config["token_limit"] == 77
                assert len(admin.contexts("acme-2").keys.list()) == 1
