"""What `spectronctl contexts migrate` asks and says; that it moves is proven against a real server."""

from pathlib import Path

import typer

from spectron.ctl.app import app
from tests.spectron import documents
from tests.spectron.exchange import answer, problem
from tests.spectron.shell import Shell


def test_the_example_of_its_help_says_what_would_be_done_and_does_nothing(tmp_path: Path) -> None:
    group = typer.main.get_command(app).commands["contexts"]  # type: ignore[attr-defined]  # it is a group
    example = group.commands["migrate"].epilog.removeprefix("Example: spectronctl ")
    shell = Shell(
        tmp_path,
        problem(404, "context-not-found"),
        answer(200, documents.CONTEXT),
        answer(200, documents.STATS),
        answer(200, documents.page_of("keys")),
    )

    outcome = shell.run(f"{example} --json")

    assert outcome.code == 0, outcome.stderr
    assert (outcome.json["dry_run"], outcome.json["made_already"]) == (True, False)
    assert outcome.json["to"] == {"context": "acme-eu", "namespace": "acme-eu", "database": "prod"}
    assert outcome.json["old_afterwards"] == "in use as before"
    assert {line.split()[0] for line in shell.exchange.lines} == {"GET"}


def test_whoever_types_another_name_changes_nothing(tmp_path: Path) -> None:
    shell = Shell(tmp_path, problem(404, "context-not-found"), answer(200, documents.REMOVAL))
    line = "contexts migrate acme acme-eu --namespace eu --database prod --delete-old"

    outcome = shell.run(line, typed="acmee")

    assert (outcome.code, "That was not acme" in outcome.stderr) == (1, True)
    assert len(shell.exchange.lines) == 2
