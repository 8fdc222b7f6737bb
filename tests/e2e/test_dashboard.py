"""The dashboard in a real terminal, in front of a real server, by keys alone."""

import json
import os
import signal
import sys
from pathlib import Path

import httpx
import pytest

from tests.support.deployment import BIN, Deployment
from tests.support.processes import Process
from tests.support.terminal import TMUX, Terminal

# A screen may take a minute to come up on a machine that has other work; a test looks at many.
pytestmark = pytest.mark.timeout(600)
in_a_terminal = pytest.mark.skipif(TMUX is None, reason="tmux is not installed")

PAGES = {
    "harbour.md": "# Harbour\n\nThe harbour of Lisbon opens at six. Ferries leave every twenty minutes.\n",
    "tides.txt": "The tide is highest at noon. The barrage supplies electric power for the harbour.\n",
    "keeper.html": "<h1>Keeper</h1><p>The lighthouse keeper records the water level every morning.</p>",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    handbook = tmp_path / "handbook"
    handbook.mkdir()
    for name, text in PAGES.items():
        (handbook / name).write_text(text)
    return handbook


def dashboard(deployment: Deployment, *options: str, width: int = 120, folder: Path | None = None) -> Terminal:
    return Terminal(
        [str(BIN / "spectron-tui"), "--url", deployment.url, *options],
        environment={"SPECTRON_API_KEY": deployment.key},
        width=width,
        folder=folder,
    )


@in_a_terminal
def test_from_a_new_context_to_policies_in_force(deployment: Deployment, folder: Path) -> None:
    with dashboard(deployment, "--write", "--screen", "contexts") as terminal:
        terminal.shows("There is no Context yet", "WRITE")
        terminal.press("n")
        terminal.shows("Create a Context")
        for text in ("harbour", "port", "prod"):
            terminal.type(text)
            terminal.press("Enter")
        terminal.shows("Created harbour", "active")

        terminal.press("3")
        terminal.shows("No document yet")
        terminal.press("u")
        terminal.shows("Upload documents")
        for text in ("harbour", str(folder), "org/acme"):
            terminal.type(text)
            terminal.press("Enter")
        terminal.shows("Uploaded 3 of 3", "3 ready")

        terminal.press("5")
        terminal.shows("Where no policy matches")
        terminal.press("e")
        terminal.shows("What an edit would change stands here")
        terminal.type("context 3d org/acme")
        terminal.shows("Newly deleted by the next sweep", "proposed")
        terminal.press("C-s")
        terminal.shows("Apply to harbour?", "Type harbour to go on")
        terminal.press("BTab")
        terminal.type("harbour")
        terminal.press("Enter")
        terminal.shows("The policies of harbour are in force")
        terminal.press("BTab")
        terminal.repeats("Left", "Where no policy matches")
        screen = terminal.shows("context      3d", "org/acme")
        assert deployment.key not in screen

        terminal.press("q")
        assert terminal.exit_code() == 0
    answer = deployment.ctl_json("retention", "show", "--context", "harbour")
    assert [(one["memory_category"], one["ttl"], one["scope"]) for one in answer["policies"]] == [
        ("context", "3d", {"org": "acme"})
    ]


@in_a_terminal
def test_it_outlives_its_server_and_heals(deployment: Deployment) -> None:
    port = int(deployment.url.rpartition(":")[2])
    deployment.ctl("contexts", "create", "harbour", "--namespace", "port", "--database", "prod")
    with dashboard(deployment) as terminal:
        terminal.shows("harbour", "Nothing is wrong", "READ-ONLY")
        deployment.kill()
        terminal.shows("NO ANSWER", "harbour", "ago")
        deployment.start(port)
        assert "NO ANSWER" not in terminal.shows("Nothing is wrong", "harbour")
        terminal.press("q")
        assert terminal.exit_code() == 0


@in_a_terminal
def test_the_mouse_the_clipboard_and_exports(deployment: Deployment, tmp_path: Path) -> None:
    for name in ("harbour", "lighthouse"):
        deployment.ctl("contexts", "create", name, "--namespace", "port", "--database", name)
    with dashboard(deployment, folder=tmp_path) as terminal:
        terminal.shows("harbour", "lighthouse")
        terminal.click("2 Contexts")
        terminal.shows("Namespace", "Database", "lighthouse")
        terminal.click("Context  ")
        terminal.shows("Context ▲")
        terminal.click("Context ▲")
        terminal.shows("Context ▼")
        terminal.click("harbour")
        terminal.press("y")
        terminal.shows("Copied 1 id")
        assert terminal.clipboard == "harbour"
        terminal.press("T")
        terminal.shows("1 row as text")
        assert terminal.clipboard.split("\t")[:3] == ["harbour", "port", "harbour"]
        terminal.press("Y")
        terminal.shows("Copied JSON")
        assert json.loads(terminal.clipboard)["namespace"] == "port"
        terminal.press("v", "V")
        terminal.shows("2 rows are in")
        terminal.click("harbour", times=2)
        terminal.shows("Scope floor", "Measures")
        terminal.click("Measures")
        terminal.shows("database   port/harbour")
        terminal.click("q Quit")
        assert terminal.exit_code() == 0
    sheet, document = next(tmp_path.glob("spectron-*.csv")), next(tmp_path.glob("spectron-*.json"))
    assert [line.split(",")[0] for line in sheet.read_text().splitlines()] == ["Context", "lighthouse", "harbour"]
    assert [one["id"] for one in json.loads(document.read_text())] == ["lighthouse", "harbour"]


@in_a_terminal
def test_a_set_is_made_checked_and_drilled_by_keys(deployment: Deployment, tmp_path: Path) -> None:
    deployment.ctl("contexts", "create", "harbour", "--namespace", "port", "--database", "prod")
    deployment.ctl("remember", "The harbour opens at six.", "--context", "harbour", "--scope", "org/acme")
    options = ("--write", "--screen", "backups", "--repository", str(tmp_path / "nightly"))
    with dashboard(deployment, *options) as terminal:
        terminal.shows("could not list its files")
        terminal.press("b")
        terminal.shows("Make a backup set now")
        terminal.press("Enter")
        terminal.press("Enter")
        terminal.shows("✓ Back up", "originals", "good", "the newest good set")
        terminal.press("c")
        terminal.shows("✓ Verify", "all as written", "Verified")
        terminal.press("t")
        terminal.shows("into a throwaway server")
        terminal.type(str(deployment.data_dir / "master.key"))
        terminal.press("Enter")
        terminal.shows("▶ Drill")
        terminal.shows("✓ Drill", "passed, recovered in", "last drill passed")
        terminal.press("o")
        terminal.shows("✓ control plane", "✓ harbour")
        terminal.press("q")
        assert terminal.exit_code() == 0


@in_a_terminal
def test_a_dialog_survives_the_terminal_becoming_small_and_large_again(deployment: Deployment) -> None:
    with dashboard(deployment, "--write", "--screen", "contexts") as terminal:
        terminal.shows("There is no Context yet")
        terminal.press("n")
        terminal.shows("Create a Context")
        terminal.type("harbour")
        for width, height in ((20, 5), (200, 60), (80, 24)):
            terminal.resize(width, height)
            terminal.shows("harbour" if height > 20 else "─")
        terminal.press("Enter")
        for text in ("port", "prod"):
            terminal.type(text)
            terminal.press("Enter")
        terminal.shows("Created harbour", "active", "q Quit")


@in_a_terminal
def test_the_terminal_is_given_back_whatever_ends_it(deployment: Deployment) -> None:
    command = f"'{BIN / 'spectron-tui'}' --url {deployment.url}; echo ended with $?"
    environment = {"SPECTRON_API_KEY": deployment.key, "PS1": "shell> "}
    ends = (
        (signal.SIGTERM, "ended with 143"),
        (signal.SIGHUP, "ended with 129"),
        (signal.SIGINT, "ended with 130"),
        ("C-c", "ended with 0"),
    )
    with Terminal(["bash", "--norc", "--noprofile"], environment=environment) as terminal:
        for end, said in ends:
            terminal.type(f"clear; {command}")
            terminal.press("Enter")
            terminal.shows("There is no Context yet", "READ-ONLY")
            assert not terminal.is_sane
            if isinstance(end, str):
                terminal.press(end)
            else:
                os.kill(child_of(terminal.process), end)
            terminal.shows(said)
            assert terminal.is_sane


@in_a_terminal
def test_it_goes_to_the_background_and_comes_back(deployment: Deployment) -> None:
    environment = {"SPECTRON_API_KEY": deployment.key, "PS1": "shell> "}
    with Terminal(["bash", "--norc", "--noprofile"], environment=environment) as terminal:
        terminal.type(f"'{BIN / 'spectron-tui'}' --url {deployment.url}")
        terminal.press("Enter")
        terminal.shows("There is no Context yet")
        terminal.press("C-z")
        terminal.shows("Stopped", "shell>")
        assert terminal.is_sane
        terminal.type("fg")
        terminal.press("Enter")
        terminal.shows("There is no Context yet", "READ-ONLY")
        terminal.press("q")
        terminal.shows("shell> fg")
        assert terminal.is_sane


def child_of(process: int) -> int:
    """The only program that it has started."""
    return int(Path(f"/proc/{process}/task/{process}/children").read_text().split()[0])


@in_a_terminal
def test_make_run_opens_it_on_a_context_that_is_filled_and_stops_the_server_with_it(tmp_path: Path) -> None:
    with trial(tmp_path) as terminal:
        terminal.shows("demo", "spectrond", "failed document", "WRITE")
        terminal.press("3")
        terminal.shows("Harbour rules", "1 failed, 6 ready")
        terminal.press("4")
        terminal.shows("What supplies electric power for the harbour?", "direct")
        terminal.press("5")
        terminal.shows("user/ana", "7d")
        terminal.press("6")
        terminal.shows("good", "the newest good set", "daily-backup in", "weekly-drill")
        terminal.press("q")
        terminal.shows("The server has stopped.")
        assert terminal.exit_code() == 0
    with trial(tmp_path) as terminal:
        terminal.shows("demo", "failed document")
        terminal.press("q")
        assert terminal.exit_code() == 0
        assert "holds something to look at now" not in terminal.screen


def trial(folder: Path) -> Terminal:
    return Terminal(
        [sys.executable, "-m", "spectron_tui.trial", "--data-dir", str(folder / "data"), "--bind", "127.0.0.1:0"],
        environment={},
    )


def test_without_a_terminal_it_serves_and_says_how_to_open_the_dashboard(tmp_path: Path) -> None:
    options = ("--data-dir", str(tmp_path / "data"), "--bind", "127.0.0.1:0")
    with Process.python("spectron_tui.trial", *options, log=tmp_path / "log") as served:
        url = served.wait_for(r"SPECTRON_URL=(\S+) .*spectron-tui --write")[1]
        assert httpx.get(f"{url}/api/v1/health").status_code == 200
        assert served.stop(signal.SIGTERM) == 0
        assert "The server has stopped." in served.output


def test_an_address_that_is_taken_is_said(deployment: Deployment, tmp_path: Path) -> None:
    options = ("--data-dir", str(tmp_path / "other"), "--bind", deployment.url.removeprefix("http://"))
    with Process.python("spectron_tui.trial", *options, log=tmp_path / "log") as refused:
        assert refused.wait() == 1
        assert "Cannot listen on" in refused.output
