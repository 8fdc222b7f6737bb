"""`spectronctl` as an operator types it, against a real server."""

import uuid

import pytest

from tests.support.deployment import Deployment


@pytest.fixture
def name() -> str:
    return f"c-{uuid.uuid4().hex[:12]}"


def test_a_context_from_creation_to_deletion(shared: Deployment, name: str) -> None:
    created = shared.ctl(
        "contexts", "create", name, "--namespace", name, "--database", "prod",
        "--model-extraction", "openai/gpt-4o-mini", "--token-limit", "1000000", "--api-key", shared.key,
        key="",
    )  # fmt: skip
    assert created.returncode == 0, created.stderr
    assert name in shared.ctl("contexts", "list").stdout

    shown = shared.ctl_json("contexts", "show", name)
    assert shown["config"]["models"]["extraction"] == "openai/gpt-4o-mini"
    assert shown["sources"]["models.extraction"] == "context"
    assert shown["config"]["token_limit"] == 1_000_000

    updated = shared.ctl_json("contexts", "update", name, "--set", "token_limit=5", "--unset", "models.extraction")
    assert (updated["config"]["token_limit"], updated["sources"]["models.extraction"]) == (5, "default")

    assert shared.ctl("contexts", "delete", name, typed="something else\n").returncode == 1
    assert shared.ctl_json("contexts", "delete", name, "--dry-run")["context"] == name
    assert shared.ctl("contexts", "show", name).returncode == 0
    assert shared.ctl("contexts", "delete", name, typed=f"{name}\n").returncode == 0
    assert shared.ctl("contexts", "show", name).returncode == 1


def test_keys_and_their_secrets(shared: Deployment, name: str) -> None:
    assert shared.ctl("contexts", "create", name, "--namespace", name, "--database", "d").returncode == 0
    minted = shared.ctl_json("keys", "create", "--context", name, "--name", "lead", "--principal", "supervisor")
    as_lead = shared.ctl("keys", "list", "--context", name, key=minted["secret"])
    assert as_lead.returncode == 0, as_lead.stderr
    assert "lead" in as_lead.stdout
    assert minted["secret"] not in as_lead.stdout + shared.ctl("keys", "show", minted["id"], "--context", name).stdout

    assert shared.ctl("keys", "revoke", minted["id"], "--context", name).returncode == 0
    refused = shared.ctl("keys", "list", "--context", name, key=minted["secret"])
    assert refused.returncode == 1
    assert "API key" in refused.stderr
    assert "Traceback" not in refused.stderr

    events = shared.ctl_json("audit", "--context", name)["events"]
    assert [event["action"] for event in events if event["kind"] == "key"] == ["key.revoke", "key.mint"]


def test_a_profile_remembers_where_and_who(shared: Deployment) -> None:
    made = shared.ctl("login", "--profile", "prod", "--url", shared.url, typed=f"{shared.key}\n")
    assert made.returncode == 0, made.stderr
    assert shared.key not in made.stdout + made.stderr
    assert shared.ctl("--profile", "prod", "contexts", "list", key="").returncode == 0
    assert shared.ctl("logout", "--profile", "prod").returncode == 0
    assert shared.ctl("--profile", "prod", "contexts", "list", key="").returncode != 0


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["health"], 0),
        (["ready"], 0),
        (["contexts", "show", "nope"], 1),
        (["contexts", "create", "Not-An-Id", "--namespace", "a", "--database", "b"], 1),
        (["contexts", "create", "acme"], 2),
        (["no-such-command"], 2),
        (["--url", "http://127.0.0.1:9", "health"], 1),
    ],
)
def test_exit_codes(shared: Deployment, arguments: list[str], code: int) -> None:
    done = shared.ctl(*arguments)
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
