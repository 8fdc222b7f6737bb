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
from tests.spectron import documents, memories
from tests.spectron.exchange import answer, lines
from tests.spectron.shell import Shell

PROGRAM = (sys.executable, "-c", "from spectron.ctl import main; main()")
EXAMPLE = "Example: spectronctl "

ANSWERS: dict[str, tuple[int, Any] | None] = {
    "contexts create": (201, documents.CONTEXT),
    "contexts list": (200, documents.page_of("contexts", documents.CONTEXT)),
    "contexts show": (200, documents.CONTEXT),
    "contexts update": (200, documents.CONTEXT),
    "contexts delete": (200, documents.REMOVAL),
    "contexts reindex": (202, documents.REINDEXING),
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
    "contexts export": (200, documents.CONTEXT),
    "contexts import": (200, memories.LOADED),
    "documents upload": (202, memories.UPLOAD),
    "documents list": (200, memories.numbered("documents", memories.DOCUMENT)),
    "documents show": (200, memories.DOCUMENT),
    "documents chunks": (200, memories.numbered("chunks", memories.CHUNK)),
    "documents keywords": (200, {"keywords": [memories.KEYWORD]}),
    "documents download": (200, memories.DOCUMENT),
    "documents reprocess": (202, memories.UPLOAD),
    "documents delete": (200, memories.DOCUMENT),
    "documents query": (200, {"results": [memories.DOCUMENT_HIT]}),
    "jobs list": (200, documents.page_of("jobs", memories.JOB)),
    "jobs show": (200, memories.JOB),
    "jobs retry": (200, memories.JOB),
    "jobs cancel": (200, memories.JOB),
    "events": (200, "event: job\ndata: {}\n\n"),
    "remember": (200, memories.REMEMBERED),
    "forget": (200, memories.WOULD_FORGET),
    "reinstate": (200, memories.REINSTATED),
    "state": (200, memories.STATE),
    "profile": (200, memories.PROFILE),
    "inspect": (200, memories.INSPECTION),
    "fsck": (200, memories.FSCK),
    "recall": (200, memories.RECALLED),
    "context": (200, memories.BLOCK),
    "chat": (200, 'data: {"delta": "Rome.", "done": true}\n\n'),
    "reflect": (200, memories.REFLECTION),
    "sessions list": (200, memories.part_of("sessions", memories.SESSION)),
    "sessions show": (200, memories.SESSION | memories.part_of("turns", memories.TURN)),
    "sessions delete": (200, memories.WOULD_FORGET),
    "entities list": (200, memories.part_of("entities", memories.ENTITY)),
    "entities show": (200, memories.ENTITY_DETAIL),
    "entities history": (200, {"history": [memories.ATTRIBUTE]}),
    "entities delete": (200, memories.WOULD_FORGET),
    "entities reinstate": (200, memories.REINSTATED),
    "scopes list": (200, [memories.PLACE]),
    "scopes forget": (200, memories.ERASED),
    "traces list": (200, documents.page_of("traces", memories.TRACE_ROW)),
    "traces show": (200, memories.TRACE_DETAIL),
    "traces stats": (200, memories.TRACE_STATS),
    "traces tail": (200, "event: trace\ndata: {}\n\n"),
    "consolidate": (200, memories.CONSOLIDATION),
    "elaborate": (200, memories.ELABORATION),
    "me": (200, memories.CALLER),
    "principals": (200, [memories.PRINCIPAL]),
    "accesses": (200, memories.ACCESSES),
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

ASKING_TWICE = {"sessions show": 2}


def commands() -> dict[str, Any]:
    """Every command by its full name."""

    def walk(group: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
        for name, command in group.commands.items():
            if hasattr(command, "commands"):
                yield from walk(command, f"{prefix}{name} ")
            else:
                yield f"{prefix}{name}", command

    return dict(walk(typer.main.get_command(app)))


# What asks one thing after another has its example run in a module of its own.
TRIED_ELSEWHERE = {"contexts migrate"}


def test_these_are_the_commands() -> None:
    assert set(commands()) == {*ANSWERS, *TRIED_ELSEWHERE}


@pytest.mark.parametrize("name", ANSWERS)
def test_the_example_in_the_help_of_each_command_works(tmp_path: Path, name: str) -> None:
    example: str = commands()[name].epilog
    assert example.startswith(f"{EXAMPLE}{name}")
    scripted = ANSWERS[name]
    respond = lines if scripted and isinstance(scripted[1], str) else answer
    requests = ASKING_TWICE.get(name, int(scripted is not None))
    shell = Shell(tmp_path, *(respond(*scripted) for _ in range(requests) if scripted))
    (tmp_path / "policies.yaml").write_text("retention: []")
    (tmp_path / "notes.md").write_text("# Notes")
    (tmp_path / "dump.surql").write_text("OPTION IMPORT;")
    shell.profile_file.parent.mkdir(parents=True)
    shell.profile_file.write_text('{"profiles": {"prod": {"url": "http://prod.test", "api_key": "mgmt-a-b"}}}')

    outcome = shell.run(example.removeprefix(EXAMPLE))

    assert outcome.code == 0, outcome.stderr
    assert len(shell.exchange.requests) == requests


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
