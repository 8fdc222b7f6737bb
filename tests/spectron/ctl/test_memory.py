from pathlib import Path

import pytest

from tests.spectron import memories
from tests.spectron.documents import page_of
from tests.spectron.exchange import answer, lines
from tests.spectron.shell import Shell

ALICE = "--scope org=acme --scope user=alice"
NOTHING = memories.WOULD_FORGET | {"would_delete": 0, "counts": {}}


def shell(folder: Path, *script: object) -> Shell:
    return Shell(folder, *script, SPECTRON_CONTEXT_ID="acme")  # type: ignore[arg-type]


def test_remember_sends_who_says_what_and_shows_what_changed(tmp_path: Path) -> None:
    run = shell(tmp_path, answer(200, memories.REMEMBERED))

    outcome = run.run(f"remember 'I moved to Rome.' {ALICE} --role assistant --label trip --at 2026-11-01")

    assert run.exchange.body() == {
        "text": "I moved to Rome.",
        "scope": memories.ALICE,
        "role": "assistant",
        "labels": ["trip"],
        "ts": "2026-11-01T00:00:00+00:00",
    }
    assert "alice location: Rome (was Porto)" in outcome.stdout
    assert "Always answer briefly" in outcome.stdout


@pytest.mark.parametrize(
    ("options", "infer"), [("--preview", "preview"), ("--as-is", "none"), ("--scope org/acme", None)]
)
def test_how_much_is_concluded(tmp_path: Path, options: str, infer: str | None) -> None:
    run = shell(tmp_path, answer(200, memories.REMEMBERED))

    assert run.run(f"remember - {options}", stdin="I moved.").code == 0
    assert run.exchange.body().get("infer") == infer


@pytest.mark.parametrize(
    "line",
    [
        "remember ''",
        "remember x --preview --as-is",
        "remember x --scope org=acme --scope alice",
        "recall x --scope org=acme/user=alice",
        "state --as-of yesterday",
        "state --since 2026-01-01 --as-of 2026-01-02",
        "entities show alice",
        "recall '  '",
    ],
)
def test_what_has_no_meaning_is_wrong_usage(tmp_path: Path, line: str) -> None:
    run = shell(tmp_path)

    assert (run.run(line).code, run.exchange.requests) == (2, [])


def test_forgetting_counts_first_and_asks(tmp_path: Path) -> None:
    run = shell(tmp_path, *[answer(200, memories.WOULD_FORGET)] * 2, answer(200, memories.FORGOTTEN))

    assert run.run("forget 'the trip'", typed="\n").code == 1
    assert [run.exchange.body(n).get("dry_run") for n in range(1)] == [True]
    done = run.run("forget 'the trip'", typed="forget\n")

    assert done.code == 0
    assert run.exchange.body() == {"query": "the trip"}
    assert "attribute=2" in done.stderr


def test_purging_is_another_word_to_type(tmp_path: Path) -> None:
    run = shell(tmp_path, answer(200, memories.WOULD_FORGET))

    outcome = run.run("forget 'the trip' --purge", typed="forget\n")

    assert outcome.code == 1
    assert "can't be brought back" in outcome.stderr


def test_nothing_to_forget_is_code_3(tmp_path: Path) -> None:
    run = shell(tmp_path, answer(200, NOTHING), answer(200, memories.FORGOTTEN | {"deleted": 0}))

    assert run.run("forget xyzzy").code == 3
    assert run.run("forget xyzzy --yes").code == 3


@pytest.mark.parametrize(
    ("line", "deleted"),
    [
        ("entities delete Person/alice --hard", "DELETE /api/v1/acme/entities/Person/alice?hard=true"),
        ("sessions delete s1", "DELETE /api/v1/acme/sessions/s1"),
    ],
)
def test_what_is_deleted_is_counted_first_and_named(tmp_path: Path, line: str, deleted: str) -> None:
    run = shell(tmp_path, *[answer(200, memories.WOULD_FORGET)] * 3, answer(204), answer(204))
    name = "alice" if "alice" in line else "s1"

    assert run.run(f"{line} --dry-run --yes").code == 0
    assert run.run(line, typed="x\n").code == 1
    assert run.run(line, typed=f"{name}\n").code == 0
    assert run.run(f"{line} --yes").code == 0
    assert run.exchange.lines == ["POST /api/v1/acme/forget"] * 3 + [deleted] * 2


def test_a_place_is_counted_before_it_is_erased(tmp_path: Path) -> None:
    nothing = memories.ERASED | {"forgotten": 0, "counts": {}, "dry_run": True}
    counted = memories.ERASED | {"dry_run": True}
    run = shell(tmp_path, answer(200, nothing), answer(200, counted), answer(200, memories.ERASED))

    assert run.run("scopes forget org/acme").code == 3
    done = run.run("scopes forget org/acme", typed="org/acme\n")

    assert (done.code, [run.exchange.body(n).get("dry_run") for n in (1, 2)]) == (0, [True, None])
    assert "would be erased" in done.stderr
    assert "document=1" in done.stdout


def test_state_shows_each_kind_of_belief_and_a_diff_each_change(tmp_path: Path) -> None:
    run = shell(tmp_path, answer(200, memories.STATE), answer(200, memories.STATE_DIFF))

    state, diff = run.run("state --as-of 2026-11-01T12:00:00Z"), run.run("state --since 2026-11-01")

    for text in ("Rome", "Person/alice located_in Place/Rome", "Always answer briefly", "I like jazz"):
        assert text in state.stdout
    assert "Person/alice location: Porto → Rome" in diff.stdout
    assert run.exchange.lines[1] == "GET /api/v1/acme/state/diff?since=2026-11-01T00%3A00%3A00%2B00%3A00"


def test_context_prints_the_block_alone(tmp_path: Path) -> None:
    outcome = shell(tmp_path, answer(200, memories.BLOCK)).run("context 'Where?'")

    assert (outcome.stdout, outcome.stderr) == (memories.BLOCK["context"] + "\n", "")


def test_a_reflection_shows_what_it_rests_on_and_what_was_kept(tmp_path: Path) -> None:
    run = shell(tmp_path, answer(200, memories.REFLECTION))

    outcome = run.run("reflect 'Who is alice?' --persist")

    assert run.exchange.body() == {"query": "Who is alice?", "persist": True}
    for text in ("She travels. [1]", "alice — location: Rome", "KEPT"):
        assert text in outcome.stdout


def test_fsck_fails_while_something_does_not_fit(tmp_path: Path) -> None:
    sound = memories.FSCK | {"problems": [], "count": 0, "repaired": 0}
    broken = memories.FSCK | {"repaired": 0}
    run = shell(tmp_path, answer(200, sound), answer(200, broken), answer(200, memories.FSCK))

    assert [run.run(line).code for line in ("fsck", "fsck", "fsck --repair")] == [0, 1, 0]
    assert run.exchange.body() == {"repair": True}


def test_traces_are_followed_line_by_line(tmp_path: Path) -> None:
    data = '{"kind": "query", "tier": "direct", "query": "Where?", "context_id": "acme"}'
    text = f"id: e-1\nevent: trace\ndata: {data}\n\n"
    run = shell(tmp_path, lines(200, text), lines(200, text))

    assert run.run("traces tail --limit 1").stdout == "--:--:-- acme trace query direct Where?\n"
    assert run.run("traces tail --limit 1 --json").json["data"]["tier"] == "direct"
    assert run.exchange.lines[0] == "GET /api/v1/events?context=acme&kind=trace"


def test_a_list_that_goes_on_says_how(tmp_path: Path) -> None:
    run = shell(tmp_path, answer(200, page_of("traces", memories.TRACE_ROW, cursor="t9")))

    assert run.run("traces list --tier direct --slower-than 5").stderr == "There are more: --cursor t9\n"
    assert run.exchange.lines == ["GET /api/v1/acme/traces?tier=direct&slower_than_ms=5"]
