from pathlib import Path

from tests.spectron.documents import EVENT, page_of
from tests.spectron.exchange import answer
from tests.spectron.shell import Shell


def test_every_filter_is_sent(tmp_path: Path) -> None:
    shell = Shell(tmp_path, answer(200, page_of("events", EVENT)))

    shell.run("audit acme --kind key --actor m1 --since 2026-11-01 --until 2026-11-02T03:00:00Z --limit 5 --cursor e9")

    assert dict(shell.exchange.last.url.params) == {
        "kind": "key",
        "actor": "m1",
        "since": "2026-11-01T00:00:00+00:00",
        "until": "2026-11-02T03:00:00+00:00",
        "limit": "5",
        "cursor": "e9",
    }


def test_events_are_a_table_and_more_of_them_are_announced(tmp_path: Path) -> None:
    outcome = Shell(tmp_path, answer(200, page_of("events", EVENT, cursor="e1"))).run("audit acme")

    assert "key.mint" in outcome.stdout
    assert outcome.stderr == "There are more: --cursor e1\n"


def test_json_is_what_the_server_said(tmp_path: Path) -> None:
    document = page_of("events", EVENT)

    assert Shell(tmp_path, answer(200, document)).run("audit acme --json").json == document


def test_a_time_that_is_none_is_wrong_usage(tmp_path: Path) -> None:
    assert Shell(tmp_path).run("audit acme --since yesterday").code == 2
