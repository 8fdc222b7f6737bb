from pathlib import Path

import httpx
import pytest

from tests.spectron.documents import HEALTH, READY
from tests.spectron.exchange import answer
from tests.spectron.shell import Shell


def test_health_is_shown(tmp_path: Path) -> None:
    outcome = Shell(tmp_path, answer(200, HEALTH)).run("health")

    assert outcome.code == 0
    assert "ok" in outcome.stdout


@pytest.mark.parametrize(("status", "http", "code"), [("ready", 200, 0), ("degraded", 200, 0), ("unavailable", 503, 1)])
def test_ready_fails_only_if_the_server_can_not_work(tmp_path: Path, status: str, http: int, code: int) -> None:
    document = {**READY, "status": status}
    shell = Shell(tmp_path, answer(http, document))

    outcome = shell.run("ready --json")

    assert outcome.code == code
    assert outcome.json == document


def test_ready_names_the_contexts_that_can_not_be_used(tmp_path: Path) -> None:
    outcome = Shell(tmp_path, answer(200, READY)).run("ready")

    assert ["acme", "failed", "V2"] in [line.split() for line in outcome.stdout.splitlines()]


def test_a_server_that_is_away_is_named_with_what_to_do(tmp_path: Path) -> None:
    shell = Shell(tmp_path, *[httpx.ConnectError("Connection refused")] * 4)

    outcome = shell.run("health")

    assert outcome.code == 1
    assert outcome.stderr == (
        "Error: Cannot connect to http://127.0.0.1:9090/api/v1/health: Connection refused. Start the server there "
        "(`spectrond dev start`), or name the right one with its URL or SPECTRON_URL.\n"
    )


@pytest.mark.parametrize("url", ["nonsense", "http://server:port"])
def test_an_address_that_is_none_is_said_to_be(tmp_path: Path, url: str) -> None:
    outcome = Shell(tmp_path).run(f"health --url {url}")

    assert outcome.code == 1
    assert "Give one like http://127.0.0.1:9090" in outcome.stderr
