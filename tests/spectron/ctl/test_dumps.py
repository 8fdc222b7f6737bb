from pathlib import Path

import httpx
import pytest

from tests.spectron.exchange import answer, problem
from tests.spectron.memories import LOADED
from tests.spectron.shell import Shell

DUMP = b'OPTION IMPORT;\n-- spectron-dump: {"format":1}\nINSERT INTO turn [];\n-- spectron: {"rows":0}\n'


def test_an_export_appears_when_it_is_whole(tmp_path: Path) -> None:
    shell = Shell(tmp_path, httpx.Response(200, content=DUMP), httpx.Response(200, content=DUMP))

    assert shell.run("contexts export acme").stdout == f"{tmp_path / 'acme.surql'}\n"
    assert (tmp_path / "acme.surql").read_bytes() == DUMP
    assert shell.run("contexts export acme --output b.surql --readable --json").json["bytes"] == len(DUMP)
    assert shell.exchange.lines[1] == "GET /api/v1/contexts/acme/export?format=literals"


@pytest.mark.parametrize("kept", [0, 20, DUMP.rindex(b"--"), len(DUMP) - 4])
def test_one_that_was_cut_off_leaves_nothing(tmp_path: Path, kept: int) -> None:
    shell = Shell(tmp_path, httpx.Response(200, content=DUMP[:kept]))

    outcome = shell.run("contexts export acme")

    assert (outcome.code, "not whole" in outcome.stderr) == (1, True)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_is_spared(tmp_path: Path) -> None:
    (tmp_path / "acme.surql").write_text("old")
    shell = Shell(tmp_path, problem(404, "context-not-found"))

    assert shell.run("contexts export acme").code == 1
    assert shell.run("contexts export acme --force").code == 1
    assert (tmp_path / "acme.surql").read_text() == "old"


def test_an_export_can_go_down_a_pipe(tmp_path: Path) -> None:
    shell = Shell(tmp_path, httpx.Response(200, content=DUMP))

    assert shell.run("contexts export acme --output -").stdout == DUMP.decode()


def test_an_import_sends_the_file_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "dump.surql").write_bytes(DUMP)
    shell = Shell(tmp_path, answer(200, LOADED))

    outcome = shell.run("contexts import acme dump.surql")

    assert outcome.code == 0
    assert shell.exchange.last.content == DUMP
    assert shell.run("contexts import acme nope.surql").code == 2
