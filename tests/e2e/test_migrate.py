"""`spectronctl contexts migrate` against a real server, also when one of the two is killed."""

import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from spectron import SpectronManagement
from tests.support.deployment import BIN, Deployment
from tests.support.processes import Process

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

ROUNDS = int(os.environ.get("SPECTRON_ROUNDS", "5"))
MIGRATE = ("contexts", "migrate", "acme", "acme-eu", "--namespace", "eu", "--database", "acme")
NOTE = b"# Harbour\n\nThe ferry to Almada leaves at nine.\n"


@pytest.fixture
def deployment(tmp_path: Path) -> Iterator[Deployment]:
    """A server with a Context that has something of everything."""
    with Deployment(tmp_path / "data", tmp_path) as running:
        with running.admin as admin:
            config = {"token_limit": 77, "providers": {"openai": "sk-of-the-provider"}}
            admin.contexts.create(id="acme", namespace="acme", database="prod", config=config)
            acme = admin.contexts("acme")
            acme.keys.create(name="app", scope_floor={"org": "acme"})
            session = acme.sessions.create(scope={"org": "acme"})
            acme.sessions.add_turn(session.id, role="user", content="Maria moved from Lisbon to Porto.")
            acme.documents.wait(acme.documents.upload(NOTE, filename="note.md", scope={"org": "acme"}).id)
        yield running


def is_whole(admin: SpectronManagement, context: str) -> bool:
    handle = admin.contexts(context)
    [document] = handle.documents.list()
    return (
        handle.documents.fetch_raw(document.id) == NOTE
        and handle.get().config["token_limit"] == 77
        and handle.get().providers_configured == ("openai",)
        and handle.memory.fsck(check="integrity").count == 0
    )


def test_a_context_moves_with_all_it_has(deployment: Deployment) -> None:
    planned = deployment.ctl_json(*MIGRATE, "--dry-run")
    assert (planned["keys_to_mint"], planned["documents"], planned["made_already"]) == (["app"], 1, False)
    with deployment.admin as admin:
        assert {one.id for one in admin.contexts.iterate()} == {"acme"}

        moved = deployment.ctl_json(*MIGRATE)

        assert (moved["tables_that_differ"], moved["originals_missing"], moved["providers"]) == ([], [], ["openai"])
        assert is_whole(admin, "acme-eu")
        assert is_whole(admin, "acme")
        assert (admin.contexts.get("acme-eu").namespace, admin.contexts.get("acme-eu").database) == ("eu", "acme")
        with SpectronManagement(deployment.url, moved["keys_minted"][0]["secret"]) as app:
            assert app.contexts("acme-eu").memory.recall("Where did Maria move?", scope={"org": "acme"}).hits
        gone = deployment.ctl(*MIGRATE, "--delete-old", typed="acme\n")
        assert gone.returncode == 0, gone.stderr
        assert {one.id for one in admin.contexts.iterate()} == {"acme-eu"}
        assert is_whole(admin, "acme-eu")
    assert "moved before" in deployment.ctl(*MIGRATE).stderr


def test_an_old_one_that_has_changed_is_not_deleted(deployment: Deployment) -> None:
    assert deployment.ctl(*MIGRATE, "--revoke-old-keys").returncode == 0
    with deployment.admin as admin:
        assert [key.state for key in admin.contexts("acme").keys.list()] == ["revoked"]
        refused = deployment.ctl(*MIGRATE, "--delete-old", typed="no\n")
        assert refused.returncode == 1
        admin.contexts("acme").sessions.create()
        changed = deployment.ctl(*MIGRATE, "--delete-old", typed="acme\n")
        assert (changed.returncode, "differ in session" in changed.stderr) == (1, True)
        assert is_whole(admin, "acme")


def test_another_context_of_that_name_is_spared(deployment: Deployment) -> None:
    with deployment.admin as admin:
        admin.contexts.create(id="acme-eu", namespace="other", database="other")
    done = deployment.ctl(*MIGRATE)
    assert (done.returncode, "was not made of acme" in done.stderr) == (1, True)


def test_killed_at_any_moment_the_next_run_goes_on(deployment: Deployment, tmp_path: Path) -> None:
    began = time.monotonic()
    deployment.ctl_json(*MIGRATE)
    usual = time.monotonic() - began
    for number in range(ROUNDS):
        with deployment.admin as admin:
            admin.contexts.delete("acme-eu")
        environment = {"SPECTRON_URL": deployment.url, "SPECTRON_API_KEY": deployment.key}
        with Process([str(BIN / "spectronctl"), *MIGRATE], tmp_path / "killed.log", environment=environment) as process:
            time.sleep(random.uniform(0, usual))
            if number % 2:
                process.kill()
            else:
                deployment.kill()
                process.kill()
                deployment.start()
        done = deployment.ctl(*MIGRATE)
        assert done.returncode == 0, done.stdout + done.stderr
        with deployment.admin as admin:
            assert {one.id for one in admin.contexts.iterate()} == {"acme", "acme-eu"}
            assert is_whole(admin, "acme-eu")
            assert is_whole(admin, "acme")
