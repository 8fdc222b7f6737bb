from pathlib import Path

import pytest

from tests.spectron.documents import CONTEXT, REINDEXING, REMOVAL, page_of
from tests.spectron.exchange import answer, problem
from tests.spectron.shell import Shell


def test_create_sends_the_configuration_it_was_told(tmp_path: Path) -> None:
    shell = Shell(tmp_path, answer(201, CONTEXT))

    outcome = shell.run(
        "contexts create acme-prod --namespace acme --database prod --model-extraction openai/gpt-4o-mini "
        "--token-limit 1000000 --api-key mgmt-given-key"
    )

    assert outcome.code == 0
    assert shell.exchange.lines == ["POST /api/v1/contexts/acme-prod"]
    assert shell.exchange.body() == {
        "namespace": "acme",
        "database": "prod",
        "config": {"models": {"extraction": "openai/gpt-4o-mini"}, "token_limit": 1000000},
    }
    assert shell.exchange.last.headers["authorization"] == "Bearer mgmt-given-key"
    assert "keys create --context acme-prod" in outcome.stderr


def test_create_without_configuration_sends_none(tmp_path: Path) -> None:
    shell = Shell(tmp_path, answer(201, CONTEXT))

    shell.run("contexts create acme --namespace acme --database prod")

    assert shell.exchange.body() == {"namespace": "acme", "database": "prod"}


@pytest.mark.parametrize(
    ("line", "document"),
    [
        ("contexts create acme --namespace a --database b --json", CONTEXT),
        ("contexts show acme --json", CONTEXT),
        ("--json contexts update acme --set token_limit=5", CONTEXT),
        ("contexts list --json", page_of("contexts", CONTEXT)),
        ("contexts list --limit 1 --json", page_of("contexts", CONTEXT, cursor="acme")),
        ("contexts delete acme --dry-run --json", REMOVAL),
    ],
)
def test_json_is_what_the_server_said(tmp_path: Path, line: str, document: object) -> None:
    outcome = Shell(tmp_path, answer(200, document)).run(line)

    assert outcome.code == 0
    assert outcome.json == document


def test_list_walks_through_every_page(tmp_path: Path) -> None:
    pages = (
        answer(200, page_of("contexts", CONTEXT, cursor="acme")),
        answer(200, page_of("contexts", {**CONTEXT, "id": "beta"}, cursor="beta")),
        answer(200, page_of("contexts", {**CONTEXT, "id": "gamma"})),
    )
    shell = Shell(tmp_path, *pages)

    outcome = shell.run("contexts list --json")

    assert [context["id"] for context in outcome.json["contexts"]] == ["acme", "beta", "gamma"]
    assert (outcome.json["next_cursor"], outcome.json["has_more"]) == (None, False)
    assert shell.exchange.lines[1:] == [
        "GET /api/v1/contexts?cursor=acme",
        "GET /api/v1/contexts?cursor=beta",
    ]


def test_one_page_says_how_to_go_on(tmp_path: Path) -> None:
    outcome = Shell(tmp_path, answer(200, page_of("contexts", CONTEXT, cursor="acme"))).run("contexts list --limit 1")

    assert "acme" in outcome.stdout
    assert outcome.stderr == "There are more: --cursor acme\n"


def test_an_empty_list_says_so(tmp_path: Path) -> None:
    outcome = Shell(tmp_path, answer(200, page_of("contexts"))).run("contexts list")

    assert (outcome.code, outcome.stdout, outcome.stderr) == (0, "", "There is none.\n")


def test_show_says_where_each_value_comes_from(tmp_path: Path) -> None:
    outcome = Shell(tmp_path, answer(200, CONTEXT)).run("contexts show acme")

    lines = [line.split() for line in outcome.stdout.splitlines()]
    assert ["models.extraction", "openai/gpt-4o-mini", "server"] in lines
    assert ["token_limit", "1,000", "context"] in lines
    assert ["provider", "keys", "openai"] in lines


def test_show_says_why_a_context_can_not_be_used(tmp_path: Path) -> None:
    failed = {**CONTEXT, "state": "failed", "reason": "V2 failed"}

    assert "failed: V2 failed" in Shell(tmp_path, answer(200, failed)).run("contexts show acme").stdout


def test_update_sends_only_what_changes(tmp_path: Path) -> None:
    shell = Shell(tmp_path, answer(200, CONTEXT))

    shell.run(
        "contexts update acme --set models.reflection=openai/gpt-4o --set cache.semantic_ttl_seconds=60 "
        "--retention-days 3 --unset token_limit"
    )

    assert shell.exchange.lines == ["PATCH /api/v1/contexts/acme"]
    assert shell.exchange.body() == {
        "config": {
            "retention_days": 3,
            "models": {"reflection": "openai/gpt-4o"},
            "cache": {"semantic_ttl_seconds": 60},
            "token_limit": None,
        }
    }


def test_update_of_nothing_is_wrong_usage(tmp_path: Path) -> None:
    shell = Shell(tmp_path)

    assert shell.run("contexts update acme").code == 2
    assert shell.exchange.lines == []


def test_delete_shows_what_would_go_and_wants_the_id_typed(tmp_path: Path) -> None:
    shell = Shell(tmp_path, answer(200, REMOVAL), answer(204))

    outcome = shell.run("contexts delete acme", typed="acme\n")

    assert outcome.code == 0
    assert shell.exchange.lines == ["DELETE /api/v1/contexts/acme?dry_run=true", "DELETE /api/v1/contexts/acme"]
    shown, asked = outcome.stderr.split("Type acme to go on: ")
    assert "turn=1,200, entity=30" in shown
    assert "3 (5.0 MiB)" in shown
    assert asked == "acme is deleted.\n"
    assert outcome.stdout == ""


@pytest.mark.parametrize("typed", ["", "\n", "yes\n", "ACME\n"])
def test_anything_else_typed_deletes_nothing(tmp_path: Path, typed: str) -> None:
    shell = Shell(tmp_path, answer(200, REMOVAL))

    outcome = shell.run("contexts delete acme", stdin=typed)

    assert outcome.code == 1
    assert "That was not acme: nothing was deleted." in outcome.stderr
    assert shell.exchange.lines == ["DELETE /api/v1/contexts/acme?dry_run=true"]


def test_yes_deletes_without_asking(tmp_path: Path) -> None:
    shell = Shell(tmp_path, answer(204))

    assert shell.run("contexts delete acme --yes").code == 0
    assert shell.exchange.lines == ["DELETE /api/v1/contexts/acme"]


@pytest.mark.parametrize("line", ["contexts delete acme --dry-run", "contexts delete acme --dry-run --yes"])
def test_a_dry_run_deletes_nothing(tmp_path: Path, line: str) -> None:
    shell = Shell(tmp_path, answer(200, REMOVAL))

    outcome = shell.run(line)

    assert outcome.code == 0
    assert "rows" in outcome.stdout
    assert shell.exchange.lines == ["DELETE /api/v1/contexts/acme?dry_run=true"]


def test_a_refusal_is_a_sentence_and_code_1(tmp_path: Path) -> None:
    refusal = problem(422, "unprocessable", "The namespace spectron is reserved.")

    outcome = Shell(tmp_path, refusal).run("contexts create acme --namespace spectron --database x --json")

    assert outcome.code == 1
    assert outcome.stdout == ""
    assert outcome.stderr == "Error: Unprocessable: The namespace spectron is reserved. (request req1)\n"


@pytest.mark.parametrize("line", ["contexts show ''", "contexts show ..", "contexts delete . --yes"])
def test_ids_that_are_none_are_not_sent(tmp_path: Path, line: str) -> None:
    shell = Shell(tmp_path)

    outcome = shell.run(line)

    assert (outcome.code, shell.exchange.lines) == (1, [])
    assert "is not an id" in outcome.stderr


def test_reindex_says_where_to_see_how_far_it_is(tmp_path: Path) -> None:
    shell = Shell(tmp_path, answer(202, REINDEXING), answer(202, REINDEXING))

    assert "spectronctl jobs show j0b" in shell.run("contexts reindex acme").stderr
    assert shell.run("contexts reindex acme --json").json == {"context_id": "acme", "job_id": "j0b"}
    assert set(shell.exchange.lines) == {"POST /api/v1/contexts/acme/reindex"}
