from pathlib import Path

import pytest

from tests.spectron.documents import KEY, MINTED, page_of
from tests.spectron.exchange import answer, problem
from tests.spectron.shell import Shell

CREATE = "keys create --context acme --name worker"


def test_create_sends_what_the_key_may_do(tmp_path: Path) -> None:
    shell = Shell(tmp_path, answer(201, MINTED))

    outcome = shell.run(f"{CREATE} --principal supervisor --scope org=acme --scope user=alice --expires-at 2027-01-31")

    assert outcome.code == 0
    assert shell.exchange.lines == ["POST /api/v1/contexts/acme/keys"]
    assert shell.exchange.body() == {
        "name": "worker",
        "principal": "supervisor",
        "scope_floor": {"org": "acme", "user": "alice"},
        "expires_at": "2027-01-31T00:00:00+00:00",
    }


@pytest.mark.parametrize("line", [CREATE, "keys rotate k3y --context acme"])
def test_the_secret_stands_alone_on_its_line_and_is_said_to_be_shown_once(tmp_path: Path, line: str) -> None:
    outcome = Shell(tmp_path, answer(201, MINTED)).run(line)

    assert MINTED["secret"] in outcome.stdout.splitlines()
    assert outcome.stdout.count(MINTED["secret"]) == 1
    assert outcome.stderr == "The secret is shown this once and can't be read again: store it now.\n"


@pytest.mark.parametrize(
    ("line", "document"),
    [
        (CREATE, MINTED),
        ("keys rotate k3y --context acme", MINTED),
        ("keys revoke k3y --context acme", KEY),
        ("keys show k3y --context acme", KEY),
        ("keys list --context acme", {"keys": [KEY]}),
    ],
)
def test_json_is_what_the_server_said(tmp_path: Path, line: str, document: object) -> None:
    assert Shell(tmp_path, answer(200, document)).run(f"{line} --json").json == document


def test_list_shows_floors_and_states(tmp_path: Path) -> None:
    outcome = Shell(tmp_path, answer(200, page_of("keys", KEY)), SPECTRON_CONTEXT_ID="acme").run("keys list")

    assert ["k3y", "worker", "agent", "active", "org=acme", "-", "-"] in [
        line.split() for line in outcome.stdout.splitlines()
    ]


def test_without_a_context_it_is_wrong_usage(tmp_path: Path) -> None:
    shell = Shell(tmp_path)

    outcome = shell.run("keys list")

    assert outcome.code == 2
    assert "say which Context" in outcome.stderr
    assert shell.exchange.lines == []


@pytest.mark.parametrize("option", ["--expires-at tomorrow", "--scope acme", "--principal king"])
def test_options_that_make_no_sense_are_wrong_usage(tmp_path: Path, option: str) -> None:
    shell = Shell(tmp_path)

    assert shell.run(f"{CREATE} {option}").code == 2
    assert shell.exchange.lines == []


def test_delete_wants_the_id_typed(tmp_path: Path) -> None:
    shell = Shell(tmp_path, answer(200, KEY), answer(204), answer(200, KEY))

    assert shell.run("keys delete k3y --context acme", typed="k3y\n").code == 0
    assert shell.run("keys delete k3y --context acme", typed="worker\n").code == 1
    assert shell.exchange.lines == [
        "GET /api/v1/contexts/acme/keys/k3y",
        "DELETE /api/v1/contexts/acme/keys/k3y",
        "GET /api/v1/contexts/acme/keys/k3y",
    ]


def test_yes_deletes_without_asking(tmp_path: Path) -> None:
    shell = Shell(tmp_path, answer(204))

    assert shell.run("keys delete k3y --context acme -y").code == 0
    assert shell.exchange.lines == ["DELETE /api/v1/contexts/acme/keys/k3y"]


def test_a_refused_key_says_where_it_came_from(tmp_path: Path) -> None:
    refusal = problem(401, "unauthorized", "This key was revoked.")

    outcome = Shell(tmp_path, refusal).run("keys list --context acme")

    assert outcome.code == 1
    assert outcome.stderr == (
        "Error: Unauthorized: This key was revoked. (request req1)\nThe key that was sent came from SPECTRON_API_KEY.\n"
    )


def test_no_key_at_all_says_how_to_give_one(tmp_path: Path) -> None:
    shell = Shell(tmp_path, problem(401, "unauthorized"), SPECTRON_API_KEY="")

    outcome = shell.run("keys list --context acme")

    assert "authorization" not in shell.exchange.last.headers
    assert "No key was sent. Give one with --api-key or SPECTRON_API_KEY" in outcome.stderr
