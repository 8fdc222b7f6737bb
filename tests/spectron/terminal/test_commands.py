from pathlib import Path
from typing import Annotated

import pytest
import typer

from spectron.terminal.commands import application, command
from spectron.terminal.session import Session
from tests.spectron.shell import Shell

APP = application("tool", "A tool.")


@command(APP, example="tool tell a")
def tell(session: Session, word: str, times: Annotated[int, typer.Option()] = 1) -> None:
    """Tell where it would go."""
    target = session.target
    session.out.line(f"{word * times} {target.url} {target.api_key} {target.context} {session.as_json}")


@command(APP, example="tool fail", name="fail")
def broken(session: Session) -> None:
    """Has a fault."""
    raise KeyError(session.target.url)


@pytest.mark.parametrize(
    "line",
    [
        "--url http://a.test --api-key k --context c --json tell hi --times 2",
        "tell hi --times 2 --url http://a.test --api-key k --context c --json",
        "--url http://z.test --context c tell --url http://a.test --api-key k --json --times 2 hi",
    ],
)
def test_common_options_stand_before_or_after_the_command(tmp_path: Path, line: str) -> None:
    outcome = Shell(tmp_path).run(line, app=APP)

    assert outcome.stdout == "hihi http://a.test k c True\n"


def test_a_fault_is_one_sentence(tmp_path: Path) -> None:
    outcome = Shell(tmp_path).run("fail", app=APP)

    assert outcome.code == 1
    assert outcome.stderr.startswith("Error: KeyError: 'http://127.0.0.1:9090' (")
    assert "Please report it." in outcome.stderr
    assert "Traceback" not in outcome.stderr


@pytest.mark.parametrize("line", ["", "tell", "nonsense", "tell a --nonsense", "tell a --times many"])
def test_wrong_usage_is_code_2(tmp_path: Path, line: str) -> None:
    outcome = Shell(tmp_path).run(line, app=APP)

    assert outcome.code == 2
    assert "Traceback" not in outcome.stderr


def test_the_version_is_printed(tmp_path: Path) -> None:
    outcome = Shell(tmp_path).run("--version", app=APP)

    assert outcome.code == 0
    assert outcome.stdout.startswith("tool 0.")


def test_help_shows_the_example_and_the_common_options(tmp_path: Path) -> None:
    outcome = Shell(tmp_path).run("tell --help", app=APP)

    assert outcome.code == 0
    assert "Example: tool tell a" in outcome.stdout
    for option in ("--url", "--api-key", "--context", "--profile", "--json"):
        assert option in outcome.stdout
