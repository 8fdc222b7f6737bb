import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from spectron.ctl.retention_views import changes, scope_text
from tests.spectron.documents import NOTHING, POLICY, PREVIEW, RETENTION
from tests.spectron.exchange import answer, problem
from tests.spectron.shell import Shell

HARMLESS = {**PREVIEW, "newly_deleted": NOTHING, "warnings": [], "impact": []}


def shell(folder: Path, *script: Any, policies: object = None) -> Shell:
    """A shell beside a file of policies."""
    (folder / "policies.yaml").write_text(yaml.safe_dump([POLICY] if policies is None else policies))
    return Shell(folder, *script, SPECTRON_CONTEXT_ID="acme")


def words(text: str) -> list[list[str]]:
    return [line.split() for line in text.splitlines()]


def test_show_says_where_each_policy_comes_from_and_whether_it_counts(tmp_path: Path) -> None:
    outcome = shell(tmp_path, answer(200, RETENTION)).run("retention show")

    assert ["org=acme", "context", "1y", "server", "no"] in words(outcome.stdout)
    assert ["everything", "unknowns", "60d", "server", "yes"] in words(outcome.stdout)
    assert ["org=acme", "context", "90d", "api", "yes"] in words(outcome.stdout)
    assert ["context", "7d", "default"] in words(outcome.stdout)


def test_set_previews_and_wants_the_id_typed_where_something_would_go(tmp_path: Path) -> None:
    asking = shell(tmp_path, answer(200, PREVIEW), answer(200, RETENTION))

    outcome = asking.run("retention set policies.yaml", typed="acme\n")

    assert outcome.code == 0
    assert asking.exchange.lines == [
        "POST /api/v1/contexts/acme/retention/preview",
        "PUT /api/v1/contexts/acme/retention",
    ]
    assert asking.exchange.body() == {"policies": [POLICY]}
    assert "org=acme: 90d" in outcome.stderr
    assert "Type acme to go on" in outcome.stderr


def test_anything_else_typed_sets_nothing(tmp_path: Path) -> None:
    asking = shell(tmp_path, answer(200, PREVIEW))

    assert asking.run("retention set policies.yaml", typed="yes\n").code == 1
    assert asking.exchange.lines == ["POST /api/v1/contexts/acme/retention/preview"]


def test_set_asks_nothing_where_nothing_would_go(tmp_path: Path) -> None:
    outcome = shell(tmp_path, answer(200, HARMLESS), answer(200, RETENTION)).run("retention set policies.yaml")

    assert outcome.code == 0
    assert "Type" not in outcome.stderr


def test_yes_sets_without_a_preview(tmp_path: Path) -> None:
    sure = shell(tmp_path, answer(200, RETENTION))

    assert sure.run("retention set policies.yaml --yes --json").json == RETENTION
    assert sure.exchange.lines == ["PUT /api/v1/contexts/acme/retention"]


@pytest.mark.parametrize("section", ["retention", "policies"])
def test_policies_may_stand_in_a_whole_configuration(tmp_path: Path, section: str) -> None:
    sure = shell(tmp_path, answer(200, RETENTION), policies={"log_level": "info", section: [POLICY]})

    sure.run("retention set policies.yaml --yes")

    assert sure.exchange.body() == {"policies": [POLICY]}


def test_policies_can_come_from_standard_input(tmp_path: Path) -> None:
    piped = shell(tmp_path, answer(200, RETENTION))

    piped.run("retention set - --yes", stdin=json.dumps([POLICY]))

    assert piped.exchange.body() == {"policies": [POLICY]}


@pytest.mark.parametrize("policies", ["text", {"colour": []}, ["text"], 5, {"retention": {}}])
def test_a_file_without_policies_is_wrong_usage(tmp_path: Path, policies: object) -> None:
    wrong = shell(tmp_path, policies=policies)

    for verb in ("set", "preview", "diff"):
        assert wrong.run(
            f"retention {verb} policies.yaml --yes" if verb == "set" else f"retention {verb} policies.yaml"
        ).code in {1, 2}
    assert "PUT" not in str(wrong.exchange.lines)


def test_a_missing_file_is_wrong_usage(tmp_path: Path) -> None:
    outcome = shell(tmp_path).run("retention preview absent.yaml")

    assert outcome.code == 2
    assert "absent.yaml" in outcome.stderr


def test_what_the_server_refuses_is_one_sentence(tmp_path: Path) -> None:
    refused = shell(tmp_path, problem(422, "unprocessable", "policies[0].ttl is '5h': 'h' is not a unit."))

    outcome = refused.run("retention set policies.yaml --yes")

    assert outcome.code == 1
    assert "policies[0].ttl is '5h'" in outcome.stderr


def test_preview_shows_groups_days_and_warnings(tmp_path: Path) -> None:
    looking = shell(tmp_path, answer(200, PREVIEW))

    outcome = looking.run("retention preview policies.yaml --horizon-days 30")

    assert looking.exchange.body() == {"policies": [POLICY], "horizon_days": 30}
    lines = words(outcome.stdout)
    assert ["newly", "deleted", "2"] in lines
    assert ["2026-11-20", "0", "2"] in lines
    assert not any(line and line[0] == "2026-11-21" for line in lines)
    assert "matches no record" in outcome.stdout
    assert "org=acme: 90d" in outcome.stdout


def test_diff_lists_what_a_file_would_change(tmp_path: Path) -> None:
    policies = [POLICY | {"ttl": "30d"}, {"scope": "agent/bot", "memory_category": "context", "ttl": "1d"}]
    comparing = shell(tmp_path, answer(200, RETENTION), policies=policies)

    outcome = comparing.run("retention diff policies.yaml --json")

    assert outcome.json["changes"] == [
        {"change": "added", "scope": "agent=bot", "memory_category": "context", "from": None, "to": "1d"},
        {"change": "changed", "scope": "org=acme", "memory_category": "context", "from": "90d", "to": "30d"},
    ]


def test_diff_without_a_file_compares_with_the_server(tmp_path: Path) -> None:
    outcome = shell(tmp_path, answer(200, RETENTION)).run("retention diff")

    assert ["changed", "org=acme", "context", "1y", "90d"] in words(outcome.stdout)
    assert "everything" not in outcome.stdout  # what the server says of it is in force


def test_no_difference_is_said(tmp_path: Path) -> None:
    outcome = shell(tmp_path, answer(200, RETENTION), policies=[{**POLICY, "scope": ["org=acme"]}]).run(
        "retention diff policies.yaml"
    )

    assert (outcome.code, outcome.stdout, outcome.stderr) == (0, "", "There is no difference.\n")


@pytest.mark.parametrize(
    ("scope", "text"),
    [
        ({"user": "x", "org": "a"}, "org=a,user=x"),
        (["user=x", "org=a"], "org=a,user=x"),
        ("org/a/user/x", "org=a,user=x"),
        ("org=a", "org=a"),
        ({"org": ["a", "b"]}, "org=a,org=b"),
        ({}, "everything"),
        ([], "everything"),
        (None, "everything"),
    ],
)
def test_scopes_are_compared_in_one_notation(scope: object, text: str) -> None:
    assert scope_text(scope) == text
    assert changes([{"scope": scope, "memory_category": "context", "ttl": "1d"}], []) == [
        {"change": "removed", "scope": text, "memory_category": "context", "from": "1d", "to": None}
    ]
