"""`spectronctl` and the SDK with documents, memory and events, against a real server."""

import json
import os
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from spectron import SpectronManagement
from tests.support.deployment import BIN, Deployment
from tests.support.processes import Process

ALICE = ("--scope", "org=acme", "--scope", "user=alice")
SHIPS = "# Ships\n\n" + "The Aurora sails from Lisbon to Porto every Monday. " * 50


@pytest.fixture(scope="module")
def acme(shared: Deployment) -> Deployment:
    assert shared.ctl("contexts", "create", "acme", "--namespace", "acme", "--database", "d").returncode == 0
    return shared


@pytest.fixture
def admin(acme: Deployment) -> Iterator[SpectronManagement]:
    with acme.admin as admin:
        yield admin


def ctl(acme: Deployment, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    done = acme.ctl(*arguments, "--context", "acme", typed=typed)
    assert "Traceback" not in done.stderr
    return done


def test_a_folder_of_documents_goes_up_is_found_and_comes_down(acme: Deployment, tmp_path: Path) -> None:
    folder = tmp_path / "a folder"
    (folder / "deep").mkdir(parents=True)
    (folder / "ships.md").write_text(SHIPS)
    (folder / "deep/empty.txt").touch()

    uploaded = ctl(acme, "documents", "upload", str(folder), "--recursive", "--wait", "--scope", "org=acme", "--json")

    assert uploaded.returncode == 1
    by_name = {Path(each["file"]).name: each for each in json.loads(uploaded.stdout)["documents"]}
    assert {name: each["status"] for name, each in by_name.items()} == {"ships.md": "ready", "empty.txt": "failed"}
    ships = by_name["ships.md"]["id"]
    again = ctl(acme, "documents", "upload", str(folder / "ships.md"), "--scope", "org=acme")
    assert "was there already" in again.stdout
    assert ships in ctl(acme, "documents", "list", "--status", "ready").stdout
    assert "Aurora" in ctl(acme, "documents", "query", "Where does the Aurora sail?").stdout
    assert "Aurora" in ctl(acme, "documents", "chunks", ships).stdout
    assert ctl(acme, "documents", "keywords", ships).returncode == 0

    target = tmp_path / "copy.md"
    assert ctl(acme, "documents", "download", ships, "--output", str(target)).returncode == 0
    assert target.read_text() == SHIPS
    assert ctl(acme, "documents", "download", ships, "--output", "-").stdout == SHIPS
    assert ctl(acme, "documents", "download", ships, "--output", str(target)).returncode == 1

    jobs = acme.ctl_json("jobs", "list", "--context", "acme", "--state", "failed")["jobs"]
    assert jobs[0]["subject"] == by_name["empty.txt"]["id"]
    assert ctl(acme, "jobs", "retry", jobs[0]["id"]).returncode == 0
    assert ctl(acme, "documents", "delete", ships, typed="no\n").returncode == 1
    assert ctl(acme, "documents", "delete", ships, "--yes").returncode == 0
    assert ctl(acme, "documents", "show", ships).returncode == 1


def test_standard_input_is_a_document_too(acme: Deployment, admin: SpectronManagement) -> None:
    done = ctl(acme, "documents", "upload", "-", "--filename", "piped.txt", "--wait", "--json", typed="Piped words.")

    (document,) = json.loads(done.stdout)["documents"]
    assert (document["status"], document["filename"]) == ("ready", "piped.txt")
    assert admin.contexts("acme").documents.fetch_raw(document["id"]) == b"Piped words."


def test_memory_from_a_sentence_to_its_end(acme: Deployment) -> None:
    assert ctl(acme, "remember", "-", *ALICE, typed="I live in Lisbon.").returncode == 0
    preview = ctl(acme, "remember", "I moved to Rome.", *ALICE, "--preview")
    assert "location: Rome (was Lisbon)" in preview.stdout
    assert "Lisbon" in ctl(acme, "recall", "Where does alice live?", *ALICE).stdout
    assert ctl(acme, "remember", "I moved to Rome.", *ALICE).returncode == 0
    assert "Rome" in ctl(acme, "context", "Where does alice live?", *ALICE).stdout
    for command in (["state"], ["profile"], ["state", "--since", "2026-01-01"]):
        assert "Rome" in ctl(acme, *command, *ALICE).stdout
    assert "Lisbon" in ctl(acme, "entities", "history", "Person/alice", "location").stdout
    assert "Person/alice" in ctl(acme, "entities", "list", "--type", "Person").stdout

    said = ctl(acme, "chat", *ALICE, typed="Where do I live?\nI like tea.\n")
    assert said.returncode == 0, said.stderr
    assert "Rome" in said.stdout
    session = said.stderr.strip().rpartition("--session ")[2].rstrip("`.")
    assert "I like tea." in ctl(acme, "sessions", "show", session).stdout
    assert ctl(acme, "sessions", "delete", session, "--yes").returncode == 0

    traces = acme.ctl_json("traces", "list", "--kind", "query", "--context", "acme")["traces"]
    assert "Where does alice live?" in ctl(acme, "traces", "show", traces[0]["id"]).stdout
    assert ctl(acme, "traces", "stats").returncode == 0
    assert ctl(acme, "fsck").returncode == 0

    assert ctl(acme, "entities", "delete", "Person/alice", "--dry-run").returncode == 0
    assert ctl(acme, "entities", "delete", "Person/alice", typed="alice\n").returncode == 0
    assert ctl(acme, "entities", "show", "Person/alice").returncode == 1
    assert ctl(acme, "entities", "reinstate", "Person/alice").returncode == 0
    assert ctl(acme, "forget", "entity:Person/alice", "--purge", typed="purge\n").returncode == 0
    assert ctl(acme, "entities", "reinstate", "Person/alice").returncode == 1
    assert ctl(acme, "forget", "entity:Person/alice", "--yes").returncode == 3
    assert ctl(acme, "scopes", "forget", "org/acme/user/alice", "--yes").returncode == 0
    assert ctl(acme, "scopes", "forget", "org/acme/user/alice").returncode == 3


def test_a_context_moves_as_a_dump(acme: Deployment, tmp_path: Path) -> None:
    assert ctl(acme, "remember", "I live in Lisbon.", "--scope", "user=carol").returncode == 0
    dump = tmp_path / "acme.surql"
    assert ctl(acme, "contexts", "export", "acme", "--output", str(dump)).returncode == 0
    assert acme.ctl("contexts", "create", "moved", "--namespace", "moved", "--database", "d").returncode == 0
    cut = tmp_path / "cut.surql"
    cut.write_bytes(dump.read_bytes()[:-100])

    refused = acme.ctl("contexts", "import", "moved", str(cut))
    assert (refused.returncode, "cut" in refused.stderr) == (1, True)
    loaded = acme.ctl_json("contexts", "import", "moved", str(dump))
    assert loaded["rows"] > 0
    assert acme.ctl("contexts", "import", "moved", str(dump)).returncode == 1
    arguments = ("Where does carol live?", "--scope", "user=carol", "--context", "moved")
    assert "Lisbon" in acme.ctl("recall", *arguments).stdout
    assert "Lisbon" in acme.ctl("reflect", *arguments).stdout


def test_events_are_followed_as_they_happen(acme: Deployment, tmp_path: Path) -> None:
    environment = {**os.environ, "SPECTRON_URL": acme.url, "SPECTRON_API_KEY": acme.key, "HOME": str(tmp_path)}
    arguments = [str(BIN / "spectronctl"), "events", "--context", "acme", "--kind", "trace", "--json"]
    with Process(arguments, tmp_path / "events.log", environment=environment) as following:
        # It says nothing until something happens: speak until it hears.
        for _ in range(50):
            ctl(acme, "recall", "Who listens?")
            if following.output:
                break
        line = following.wait_for(r"(\{.*\})\n").group(1)
        following.stop()

    assert json.loads(line)["data"]["query"] == "Who listens?"


def test_the_sdk_goes_on_following_after_the_server_was_killed(deployment: Deployment) -> None:
    deployment.ctl("contexts", "create", "acme", "--namespace", "acme", "--database", "d")
    port = deployment.url.rpartition(":")[2]
    connected, lost, heard = threading.Event(), threading.Event(), threading.Event()

    def follow() -> None:
        with deployment.admin as admin:
            events = admin.events.follow(kinds=["trace"], connected=connected.set, lost=lambda _: lost.set())
            for event in events:
                if event.data.get("query") == "Still there?":
                    heard.set()
                    return

    thread = threading.Thread(target=follow, daemon=True)
    thread.start()
    assert connected.wait(30)
    deployment.kill()
    assert lost.wait(30)
    connected.clear()
    deployment.start(port=int(port))
    assert connected.wait(60)
    assert deployment.ctl("recall", "Still there?", "--context", "acme").returncode == 0
    assert heard.wait(30)
    thread.join(30)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["documents", "show", "nope"], 1),
        (["documents", "upload", "/nowhere"], 2),
        (["documents", "upload", "/nowhere", "--recursive"], 2),
        (["jobs", "show", "nope"], 1),
        (["sessions", "show", "nope"], 1),
        (["entities", "show", "Person/nobody"], 1),
        (["entities", "show", "nobody"], 2),
        (["traces", "show", "nope"], 1),
        (["inspect", "rubbish"], 1),
        (["recall", ""], 2),
        (["recall", "x", "--scope", "a=b", "--scope", "c"], 2),
        (["forget", "nothing that anybody ever said"], 3),
        (["forget", "nothing that anybody ever said", "--dry-run"], 0),
    ],
)
def test_exit_codes(acme: Deployment, arguments: list[str], code: int) -> None:
    done = ctl(acme, *arguments)
    assert done.returncode == code, done.stdout + done.stderr
