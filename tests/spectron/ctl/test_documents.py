from pathlib import Path

import httpx
import pytest
from blake3 import blake3

from tests.spectron.exchange import answer, problem
from tests.spectron.memories import DELETED, DOCUMENT, DOCUMENT_HIT, UPLOAD, numbered
from tests.spectron.shell import Shell

BYTES = b"# Ships"
DESCRIBED = DOCUMENT | {"size_bytes": len(BYTES), "content_hash": blake3(BYTES).hexdigest()}
FAILED = DOCUMENT | {"status": "failed", "error": "The file is empty. Upload one that has content."}


def shell(folder: Path, *script: object) -> Shell:
    return Shell(folder, *script, SPECTRON_CONTEXT_ID="acme")  # type: ignore[arg-type]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("docs/a.md", "docs/deep/b.md", "docs/.hidden", "docs/.git/config", "c.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(BYTES)
    return tmp_path


def test_folders_are_uploaded_with_what_is_in_them_but_not_with_what_is_hidden(tree: Path) -> None:
    run = shell(tree, *[answer(202, UPLOAD)] * 3)

    outcome = run.run("documents upload docs c.md docs/a.md --recursive --scope org=acme --metadata year=2026 --json")

    assert outcome.code == 0
    assert [each["file"] for each in outcome.json["documents"]] == ["docs/a.md", "docs/deep/b.md", "c.md"]
    assert run.exchange.lines == ["POST /api/v1/acme/documents"] * 3
    assert b'{"org": "acme"}' in run.exchange.requests[0].content
    assert b'{"year": "2026"}' in run.exchange.requests[0].content


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("documents upload docs", "--recursive uploads what is in it"),
        ("documents upload nope.md", "there is no nope.md"),
        ("documents upload docs c.md -r --title T", "is for one file alone"),
    ],
)
def test_what_can_not_be_meant_is_wrong_usage_before_any_request(tree: Path, line: str, said: str) -> None:
    run = shell(tree)

    outcome = run.run(line)

    assert (outcome.code, run.exchange.requests) == (2, [])
    assert said in " ".join(outcome.stderr.replace("│", " ").split())


def test_an_empty_folder_is_nothing_to_do(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    assert shell(tmp_path).run("documents upload empty -r").code == 3


def test_one_that_fails_does_not_stop_the_others(tree: Path) -> None:
    run = shell(tree, problem(413, "payload-too-large", "At most 50 MB."), answer(202, UPLOAD))

    outcome = run.run("documents upload docs -r")

    assert outcome.code == 1
    assert "At most 50 MB." in outcome.stdout
    assert "1 of 2 failed" in outcome.stderr


def test_a_key_that_is_no_good_stops_at_once(tree: Path) -> None:
    run = shell(tree, problem(401, "unauthorized"))

    assert run.run("documents upload docs -r").code == 1
    assert len(run.exchange.requests) == 1


def test_waiting_tells_what_became_of_each(tree: Path) -> None:
    run = shell(tree, answer(202, UPLOAD), answer(200, DOCUMENT | {"status": "embedding"}), answer(200, FAILED))

    outcome = run.run("documents upload c.md --wait")

    assert outcome.code == 1
    assert "The file is empty." in outcome.stdout


def test_one_that_was_there_already_is_said_to_be_so(tree: Path) -> None:
    outcome = shell(tree, answer(202, UPLOAD | {"deduplicated": True, "status": "ready"})).run("documents upload c.md")

    assert "was there already" in outcome.stdout
    assert outcome.stderr == ""


def test_list_names_the_next_page(tmp_path: Path) -> None:
    outcome = shell(tmp_path, answer(200, numbered("documents", DOCUMENT, total=120))).run("documents list")

    assert "Ships" in outcome.stdout
    assert outcome.stderr == "There are more: --page 2\n"


def test_a_download_takes_the_documents_own_name_and_spares_what_is_there(tmp_path: Path) -> None:
    run = shell(tmp_path, answer(200, DESCRIBED), answer(200, DESCRIBED), answer(200), answer(200, DESCRIBED))
    run.exchange._script[2] = httpx.Response(200, content=BYTES)

    assert run.run("documents download d1").stdout == f"{tmp_path / 'ships.md'}\n"
    assert (tmp_path / "ships.md").read_bytes() == BYTES
    again = run.run("documents download d1")

    assert again.code == 1
    assert "is there already. --force" in again.stderr


def test_a_name_from_the_server_never_leads_out_of_the_folder(tmp_path: Path) -> None:
    here = tmp_path / "here"
    here.mkdir()
    described = DESCRIBED | {"filename": "../../ships.md"}
    run = shell(here, answer(200, described), answer(200, described), answer(200))
    run.exchange._script[2] = httpx.Response(200, content=BYTES)

    run.run("documents download d1")

    assert [path.name for path in tmp_path.iterdir()] == ["here"]
    assert (here / "ships.md").read_bytes() == BYTES


def test_deleting_shows_the_document_and_asks_for_its_id(tmp_path: Path) -> None:
    run = shell(tmp_path, answer(200, DOCUMENT), answer(200, DOCUMENT), answer(200, DELETED))

    refused = run.run("documents delete d1", typed="no\n")
    assert (refused.code, "nothing was deleted" in refused.stderr) == (1, True)
    deleted = run.run("documents delete d1", typed="d1\n")
    assert (deleted.code, "with 3 chunks. Audit event 20261121-a1." in deleted.stderr) == (0, True)
    assert run.exchange.lines[-1] == "DELETE /api/v1/acme/documents/d1"


def test_a_dry_run_deletes_nothing(tmp_path: Path) -> None:
    run = shell(tmp_path, answer(200, DOCUMENT))

    assert run.run("documents delete d1 --dry-run --yes").code == 0
    assert run.exchange.lines == ["GET /api/v1/acme/documents/d1"]


def test_a_query_takes_its_text_from_a_pipe_and_values_as_they_are_meant(tmp_path: Path) -> None:
    run = shell(tmp_path, answer(200, {"results": [DOCUMENT_HIT]}))

    outcome = run.run("documents query - -k 2 --filter version=2 --filter mime_type=text/csv", stdin="ships?\n")

    assert run.exchange.body() == {"query": "ships?\n", "k": 2, "filter": {"version": 2, "mime_type": "text/csv"}}
    assert "Alice works on ships." in outcome.stdout
