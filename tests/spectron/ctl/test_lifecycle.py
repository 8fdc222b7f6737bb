from pathlib import Path

import pytest

from tests.spectron.documents import DECAY, DRY_RUN, OUTCOME, SWEEP, SWEPT, page_of
from tests.spectron.exchange import answer
from tests.spectron.shell import Shell


@pytest.mark.parametrize(
    ("line", "query"),
    [
        ("lifecycle expire", ""),
        ("lifecycle expire --dry-run", "?dry_run=true"),
        ("lifecycle expire acme beta", "?context=acme&context=beta"),
        ("lifecycle expire --context acme --dry-run", "?dry_run=true&context=acme"),
    ],
)
def test_expire_asks_for_what_was_said(tmp_path: Path, line: str, query: str) -> None:
    shell = Shell(tmp_path, answer(200, OUTCOME), SPECTRON_CONTEXT_ID="elsewhere")

    assert shell.run(line).code == 0
    assert shell.exchange.lines == [f"POST /api/v1/lifecycle/expire{query}"]


def test_expire_shows_what_went_under_which_policy(tmp_path: Path) -> None:
    outcome = Shell(tmp_path, answer(200, OUTCOME)).run("lifecycle expire")

    assert ["deleted", "3"] in [line.split() for line in outcome.stdout.splitlines()]
    assert "default: 7d" in outcome.stdout
    assert "jobs=2" in outcome.stdout


def test_a_dry_run_says_that_it_is_one(tmp_path: Path) -> None:
    assert "would be deleted" in Shell(tmp_path, answer(200, DRY_RUN)).run("lifecycle expire --dry-run").stdout


def test_a_context_that_failed_is_shown_and_code_1(tmp_path: Path) -> None:
    failed = {**OUTCOME, "contexts": [SWEPT, {**SWEPT, "id": "beta", "error": "out of service", "by": []}]}

    outcome = Shell(tmp_path, answer(200, failed)).run("lifecycle expire")

    assert outcome.code == 1
    assert ["beta", "out", "of", "service"] in [line.split() for line in outcome.stdout.splitlines()]


@pytest.mark.parametrize(
    ("line", "document"),
    [
        ("lifecycle expire --json", OUTCOME),
        ("lifecycle expire --dry-run --json", DRY_RUN),
        ("lifecycle sweeps --json", page_of("sweeps", SWEEP)),
        ("lifecycle decay acme --json", DECAY),
    ],
)
def test_json_is_what_the_server_said(tmp_path: Path, line: str, document: object) -> None:
    assert Shell(tmp_path, answer(200, document)).run(line).json == document


def test_sweeps_are_a_table_and_more_of_them_are_announced(tmp_path: Path) -> None:
    running = {**SWEEP, "state": "running", "finished_at": None}

    outcome = Shell(tmp_path, answer(200, page_of("sweeps", running, SWEEP, cursor="s1"))).run("lifecycle sweeps")

    rows = [line.split() for line in outcome.stdout.splitlines()]
    assert [row[3] for row in rows if row[:1] == ["2026-11-20"]] == ["running", "done"]
    assert outcome.stderr == "There are more: --cursor s1\n"


def test_decay_says_what_it_touched(tmp_path: Path) -> None:
    outcome = Shell(tmp_path, answer(200, DECAY), SPECTRON_CONTEXT_ID="acme").run("lifecycle decay")

    assert ["attribute", "knowledge", "5"] in [line.split() for line in outcome.stdout.splitlines()]
