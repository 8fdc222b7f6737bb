from pathlib import Path

from tests.spectron.documents import page_of
from tests.spectron.exchange import answer, lines, problem
from tests.spectron.memories import JOB
from tests.spectron.shell import Shell

HAPPENED = (
    'id: e-1\nevent: job\ndata: {"kind": "document.process", "subject": "d1", "state": "running", "stage": "embedding",'
    ' "progress": {"done": 3, "total": 5}, "context_id": "acme", "at": "2026-11-20T23:56:49Z"}\n\n'
    'id: e-2\nevent: sweep\ndata: {"state": "done", "deleted_count": 4, "context_id": null}\n\n'
)


def test_jobs_of_one_context_and_state(tmp_path: Path) -> None:
    shell = Shell(tmp_path, answer(200, page_of("jobs", JOB)))

    outcome = shell.run("jobs list --context acme --state dead --limit 5")

    assert shell.exchange.lines == ["GET /api/v1/jobs?context=acme&state=dead&limit=5"]
    assert "running 3/5" in outcome.stdout


def test_events_are_a_line_each_and_stop_where_they_shall(tmp_path: Path) -> None:
    shell = Shell(tmp_path, lines(200, HAPPENED))

    outcome = shell.run("events --kind job --kind sweep --limit 2 --after e-0")

    assert outcome.stdout.splitlines() == [
        "23:56:49 acme job document.process d1 running embedding 3/5",
        "--:--:-- - sweep done 4 deleted",
    ]
    assert shell.exchange.last.headers["last-event-id"] == "e-0"


def test_a_break_is_said_and_survived(tmp_path: Path) -> None:
    first, second = HAPPENED.split("\n\n")[:2]
    answers = [lines(200, f"{each}\n\n") for each in (first, second)]
    shell = Shell(tmp_path, answers[0], problem(503, "unavailable", "Away."), answers[1])

    outcome = shell.run("events --limit 2 --json")

    assert (outcome.code, len(outcome.stdout.splitlines())) == (0, 2)
    assert shell.exchange.last.headers["last-event-id"] == "e-1"
