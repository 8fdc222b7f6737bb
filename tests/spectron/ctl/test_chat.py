import json
from collections.abc import Iterator
from pathlib import Path

import httpx

from tests.spectron.exchange import answer, lines, problem
from tests.spectron.memories import REPLY, SESSION
from tests.spectron.shell import Shell

STARTED = 'event: start\ndata: {"session_id": "s1"}\n\n'
SPOKEN = f'{STARTED}data: {{"delta": "Alice lives"}}\n\ndata: {{"delta": " in Rome."}}\n\n'
WHOLE = f"{SPOKEN}event: done\ndata: {json.dumps(REPLY)}\n\n"


def shell(folder: Path, *script: httpx.Response | Exception) -> Shell:
    return Shell(folder, *script, SPECTRON_CONTEXT_ID="acme")


def test_one_message_brings_the_reply_alone_to_standard_output(tmp_path: Path) -> None:
    run = shell(tmp_path, lines(200, WHOLE))

    outcome = run.run("chat 'Where?' --scope org=acme")

    assert outcome.stdout == "Alice lives in Rome.\n"
    assert "[1] fact: alice — location: Rome" in outcome.stderr
    assert "chat --session s1" in outcome.stderr
    assert run.exchange.body() == {"message": "Where?", "stream": True, "scope": {"org": "acme"}}


def test_json_is_the_whole_answer(tmp_path: Path) -> None:
    assert shell(tmp_path, answer(200, REPLY)).run("chat 'Where?' --json").json == REPLY


def test_a_reply_that_breaks_off_says_how_to_go_on(tmp_path: Path) -> None:
    outcome = shell(tmp_path, lines(200, SPOKEN)).run("chat 'Where?'")

    assert (outcome.code, outcome.stdout) == (1, "Alice lives in Rome.\n")
    assert "ended before it was whole" in outcome.stderr
    assert "chat --session s1" in outcome.stderr


def test_talking_goes_on_in_one_session_over_failures(tmp_path: Path) -> None:
    refused = problem(429, "rate-limited", retry_after="99")
    run = shell(tmp_path, answer(201, SESSION), lines(200, WHOLE), refused, lines(200, WHOLE))

    outcome = run.run("chat", stdin="Where?\n\nAnd now?\nAnd then?\n")

    assert outcome.code == 0
    assert outcome.stdout == "Alice lives in Rome.\n" * 2
    assert "Rate limited" in outcome.stderr
    assert [run.exchange.body(n).get("session_id") for n in (1, 2, 3)] == ["s1"] * 3
    assert [run.exchange.body(n)["message"] for n in (1, 2, 3)] == ["Where?", "And now?", "And then?"]


class Interrupted(httpx.SyncByteStream):
    """A reply in the middle of which somebody presses Ctrl-C."""

    def __iter__(self) -> Iterator[bytes]:
        yield SPOKEN.encode()
        raise KeyboardInterrupt


def test_ctrl_c_stops_a_reply_and_not_the_conversation(tmp_path: Path) -> None:
    run = shell(tmp_path, answer(201, SESSION), httpx.Response(200, stream=Interrupted()), lines(200, WHOLE))

    outcome = run.run("chat", stdin="Where?\nAnd now?\n")

    assert (outcome.code, outcome.stdout) == (0, "Alice lives in Rome.\n" * 2)
    assert "Stopped. What you said is remembered." in outcome.stderr
    assert run.exchange.body()["session_id"] == "s1"


def test_ctrl_c_in_a_single_message_names_the_session(tmp_path: Path) -> None:
    outcome = shell(tmp_path, httpx.Response(200, stream=Interrupted())).run("chat 'Where?'")

    assert outcome.code == 130
    assert "chat --session s1" in outcome.stderr


def test_a_person_is_prompted(tmp_path: Path) -> None:
    outcome = shell(tmp_path, lines(200, WHOLE)).run("chat --session s1", typed="Where?\n")

    assert outcome.stderr.startswith("> ")
    assert outcome.stdout == "Alice lives in Rome.\n"
