"""What holds for every command, and for the program as a process."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

import spectron.ctl
from spectron.ctl.app import app
from tests.spectron import documents
from tests.spectron.exchange import answer
from tests.spectron.shell import Shell

PROGRAM = (sys.executable, "-c", "from spectron.ctl import main; main()")
EXAMPLE = "Example: spectronctl "

ANSWERS: dict[str, tuple[int, Any] | None] = {
    "contexts create": (201, documents.CONTEXT),
    "contexts list": (200, documents.page_of("contexts", documents.CONTEXT)),
    "contexts show": (200, documents.CONTEXT),
    "contexts update": (200, documents.CONTEXT),
    "contexts delete": (200, documents.REMOVAL),
    "keys create": (201, documents.MINTED),
    "keys list": (200, documents.page_of("keys", documents.KEY)),
    "keys show": (200, documents.KEY),
    "keys rotate": (200, documents.MINTED),
    "keys revoke": (200, documents.KEY),
    "keys delete": (204, None),
    "retention show": (200, documents.RETENTION),
    "retention set": (200, documents.RETENTION),
    "retention preview": (200, documents.PREVIEW),
    "retention diff": (200, documents.RETENTION),
    "lifecycle expire": (200, documents.DRY_RUN),
    "lifecycle sweeps": (200, documents.page_of("sweeps", documents.SWEEP)),
    "lifecycle decay": (200, documents.DECAY),
    "usage": (200, documents.USAGE),
    "stats": (200, documents.STATS),
    "audit": (200, documents.page_of("events", documents.EVENT)),
    "health": (200, documents.HEALTH),
    "ready": (200, documents.READY),
    "login": (200, documents.page_of("contexts")),
    "logout": None,
    "profiles list": None,
    "profiles use": None,
}


def commands() -> dict[str, Any]:
    """Every command by its full name."""

    def walk(group: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
        for name, command in group.commands.items():
            if hasattr(command, "commands"):
                yield from walk(command, f"{prefix}{name} ")
            else:
                yield f"{prefix}{name}", command

    return dict(walk(typer.main.get_command(app)))


def test_these_are_the_commands() -> None:
    assert set(commands()) == set(ANSWERS)


@pytest.mark.parametrize("name", ANSWERS)
def test_the_example_in_the_help_of_each_command_works(tmp_path: Path, name: str) -> None:
    example: str = commands()[name].epilog
    assert example.startswith(f"{EXAMPLE}{name}")
    scripted = ANSWERS[name]
    shell = Shell(tmp_path, *([answer(*scripted)] if scripted else []))
    (tmp_path / "policies.yaml").write_text("retention: []")
    shell.profile_file.parent.mkdir(parents=True)
    shell.profile_file.write_text('{"profiles": {"prod": {"url": "http://prod.test", "api_key": "mgmt-a-b"}}}')

    outcome = shell.run(example.removeprefix(EXAMPLE))

    assert outcome.code == 0, outcome.stderr
    assert len(shell.exchange.requests) == int(scripted is not None)


@pytest.mark.parametrize("name", ANSWERS)
def test_each_command_says_in_a_sentence_what_it_does(name: str) -> None:
    first = commands()[name].help.split("\n\n")[0].strip()

    assert first.endswith(".")
    assert first[0].isupper()


def test_the_page_of_the_package_names_every_command() -> None:
    page = str(spectron.ctl.__doc__)

    assert [name for name in commands() if f"`{name}`" not in page] == []


def environment(folder: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(folder)}


def test_a_closed_pipe_is_quiet(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    arguments = (*PROGRAM, "profiles", "list", "--json")

    done = subprocess.run(
        arguments, stdout=writing, stderr=subprocess.PIPE, check=False, env=environment(tmp_path), cwd=tmp_path
    )
    os.close(writing)

    assert (done.returncode, done.stderr) == (0, b"")


def test_ctrl_c_is_quiet_and_code_130(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        process = subprocess.Popen(
            (*PROGRAM, "health", "--url", url), stderr=subprocess.PIPE, env=environment(tmp_path), cwd=tmp_path
        )
        # Once it is connected it waits for an answer that never comes.
        connection, _ = silent.accept()
        with connection:
            process.send_signal(signal.SIGINT)
            _, stderr = process.communicate()

    assert (process.returncode, stderr) == (130, b"")


def test_a_failure_as_a_process_is_code_1_and_one_line(tmp_path: Path) -> None:
    arguments = (*PROGRAM, "contexts", "list", "--profile", "nope")

    done = subprocess.run(
        arguments, capture_output=True, text=True, check=False, env=environment(tmp_path), cwd=tmp_path
    )

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Error: There is no profile 'nope'.")
    assert done.stderr.count("\n") == 1
