import json
from pathlib import Path

import httpx

from tests.spectron.documents import CONTEXT, page_of
from tests.spectron.exchange import answer, problem
from tests.spectron.shell import Shell

URL = "https://prod.test"
KEY = "mgmt-typed-key"


def good() -> httpx.Response:
    return answer(200, page_of("contexts", CONTEXT))


def keyless(folder: Path, *script: httpx.Response) -> Shell:
    return Shell(folder, *script, SPECTRON_API_KEY="")


def test_the_key_is_asked_for_without_echo_tried_and_kept(tmp_path: Path) -> None:
    shell = keyless(tmp_path, good(), good())

    outcome = shell.run(f"login --profile prod --url {URL} --context acme", typed="", hidden=KEY)

    assert outcome.code == 0
    assert shell.questions == [f"Key for {URL}: "]
    assert KEY not in outcome.stdout + outcome.stderr
    assert str(shell.exchange.last.url) == f"{URL}/api/v1/contexts?limit=1"
    assert shell.profile_file.stat().st_mode & 0o777 == 0o600
    assert json.loads(shell.profile_file.read_text()) == {
        "current": "prod",
        "profiles": {"prod": {"url": URL, "api_key": KEY, "context": "acme"}},
    }

    shell.run("contexts list")
    assert str(shell.exchange.last.url) == f"{URL}/api/v1/contexts"
    assert shell.exchange.last.headers["authorization"] == f"Bearer {KEY}"


def test_the_key_may_be_piped_in(tmp_path: Path) -> None:
    shell = keyless(tmp_path, good())

    assert shell.run(f"login --url {URL}", stdin=f"{KEY}\n").code == 0
    assert json.loads(shell.profile_file.read_text())["profiles"]["default"]["api_key"] == KEY


def test_a_key_that_is_refused_is_not_kept(tmp_path: Path) -> None:
    shell = keyless(tmp_path, problem(401, "unauthorized", "This key is unknown."))

    outcome = shell.run(f"login --url {URL}", stdin=KEY)

    assert outcome.code == 1
    assert outcome.stderr == f"Error: {URL} does not take this key, so nothing was saved. This key is unknown.\n"
    assert not shell.profile_file.exists()


def test_a_server_that_is_away_keeps_nothing(tmp_path: Path) -> None:
    shell = Shell(tmp_path, *[httpx.ConnectError("Connection refused")] * 4, SPECTRON_API_KEY="")

    assert shell.run(f"login --url {URL}", stdin=KEY).code == 1
    assert not shell.profile_file.exists()


def test_a_context_s_key_is_kept_with_a_warning(tmp_path: Path) -> None:
    shell = keyless(tmp_path, problem(403, "forbidden"))

    outcome = shell.run(f"login --url {URL} --api-key sk-acme-a-b")

    assert outcome.code == 0
    assert "not a management key" in outcome.stderr
    assert shell.profile_file.exists()


def test_no_key_is_no_login(tmp_path: Path) -> None:
    shell = keyless(tmp_path)

    outcome = shell.run(f"login --url {URL}")

    assert outcome.code == 1
    assert "No key was given." in outcome.stderr


def test_profiles_are_listed_chosen_and_forgotten(tmp_path: Path) -> None:
    shell = keyless(tmp_path, good(), good())
    shell.run("login --profile stage --url https://stage.test --api-key mgmt-s-s")
    shell.run(f"login --profile prod --url {URL} --api-key {KEY}")

    listed = shell.run("profiles list --json")
    assert listed.json == {
        "profiles": [
            {"name": "prod", "url": URL, "context": None, "current": True},
            {"name": "stage", "url": "https://stage.test", "context": None, "current": False},
        ]
    }
    assert KEY not in shell.run("profiles list").stdout

    assert shell.run("profiles use stage").code == 0
    assert shell.run("logout").stderr == "Profile stage is forgotten.\n"
    assert shell.run("logout").code == 1
    assert shell.run("logout --profile prod").code == 0
    assert shell.run("profiles list").stderr == "There is none. `spectronctl login` makes one.\n"


def test_an_unknown_profile_is_an_error(tmp_path: Path) -> None:
    for line in ("profiles use nope", "logout --profile nope", "contexts list --profile nope"):
        outcome = keyless(tmp_path).run(line)
        assert outcome.code == 1
        assert "no profile 'nope'" in outcome.stderr
