from pathlib import Path

import pytest

from tests.spectron.documents import STATS, USAGE
from tests.spectron.exchange import answer
from tests.spectron.shell import Shell


@pytest.mark.parametrize("line", ["usage acme", "usage --context acme", "--context other usage acme"])
def test_the_context_is_named_either_way(tmp_path: Path, line: str) -> None:
    shell = Shell(tmp_path, answer(200, USAGE))

    assert shell.run(line).code == 0
    assert shell.exchange.lines == ["GET /api/v1/contexts/acme/usage"]


def test_usage_is_shown_against_its_limit(tmp_path: Path) -> None:
    text = Shell(tmp_path, answer(200, USAGE)).run("usage acme").stdout

    assert ["percent", "25.0", "%"] in [line.split() for line in text.splitlines()]
    assert ["token", "limit", "1,000"] in [line.split() for line in text.splitlines()]


def test_usage_without_a_limit(tmp_path: Path) -> None:
    unlimited = {**USAGE, "token_limit": None, "percent": None}

    assert "none" in Shell(tmp_path, answer(200, unlimited)).run("usage acme").stdout


def test_stats_count_what_there_is(tmp_path: Path) -> None:
    text = Shell(tmp_path, answer(200, STATS)).run("stats acme").stdout

    lines = [line.split() for line in text.splitlines()]
    assert ["rows", "in", "turn", "12"] in lines
    assert ["bytes", "stored", "2.0", "KiB"] in lines
    assert ["index", "state=current"] in lines


@pytest.mark.parametrize(("command", "document"), [("usage", USAGE), ("stats", STATS)])
def test_json_is_what_the_server_said(tmp_path: Path, command: str, document: object) -> None:
    assert Shell(tmp_path, answer(200, document)).run(f"{command} acme --json").json == document
