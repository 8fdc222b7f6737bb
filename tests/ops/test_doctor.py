"""`doctor` finds what would fail at night."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import get_args

import pyrage
import pytest
import yaml

from ops.pages import Page
from ops.repository.names import manifest_of
from runbooks.library import Library
from tests.ops.backup.conftest import deployment, desk, either
from tests.ops.desk import Desk, Outcome
from tests.support.gateway import between
from tests.support.http_server import body_of, listening, reply

__all__ = ["deployment", "desk", "either"]


def states(done: Outcome) -> dict[str, str]:
    """How each thing is; what is ill names the page that says more."""
    found = done.json["diagnoses"]
    assert {one["runbook"] for one in found if one["state"] == "ill"} <= {*get_args(Page)}
    return {one["what"]: one["state"] for one in found}


def test_the_pages_that_it_names_and_those_that_name_it_are_the_same() -> None:
    assert {page.slug for page in Library.shipped().for_alert("spectron-ops doctor")} == {*get_args(Page)}


@pytest.fixture
def healthy(desk: Desk) -> Desk:
    assert desk.run("backup run --all").code == 0
    desk.repository.marks.drilled(desk.repository.get("latest").id, "passed")
    return desk


def test_all_is_well(healthy: Desk) -> None:
    done = healthy.run("doctor --json")
    assert done.code == 0, done.stdout
    assert set(states(done).values()) == {"well"}


def test_no_set_at_all_and_no_drill(desk: Desk) -> None:
    desk.repository.storage.put("other", b"")
    done = desk.run("doctor --json")
    assert done.code == 1
    assert (states(done)["newest good set"], states(done)["drill"]) == ("ill", "doubtful")


def test_a_repository_that_is_not_there(desk: Desk) -> None:
    done = desk.run("doctor --json")
    assert done.code == 1
    assert states(done) == {"server": "well", "contexts": "well", "clock of the server": "well", "repository": "ill"}


def test_a_server_that_is_away_hides_no_other_illness(healthy: Desk) -> None:
    healthy.deployment.refused |= {"ready": 500, "contexts": 401}
    done = healthy.run("doctor --json")
    assert done.code == 1
    assert states(done)["server"] == "ill"
    assert states(done)["newest good set"] == "well"


@pytest.mark.parametrize("minutes", [-20, 20])
def test_clocks_that_differ(healthy: Desk, minutes: int) -> None:
    with between(healthy.deployment.url) as gateway:
        gateway.clock = timedelta(minutes=minutes)
        healthy.environ["SPECTRON_URL"] = gateway.url
        done = healthy.run("doctor --json")
    assert (done.code, states(done)["clock of the server"]) == (1, "ill")
    order = "ahead of" if minutes > 0 else "behind"
    assert f"s {order} this machine's; set the clocks by NTP" in done.stdout


def test_the_clock_of_a_bucket_is_looked_at(either: Desk) -> None:
    assert either.run("backup run --all").code == 0
    found = states(either.run("doctor --json"))
    assert found.get("clock of the bucket") == ("well" if either.address.startswith("s3:") else None)


def test_an_age_key_is_tried_before_it_is_needed(desk: Desk, tmp_path: Path) -> None:
    right, wrong = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    (tmp_path / "right").write_text(f"{right}\n")
    (tmp_path / "wrong").write_text(f"{wrong}\n")
    assert desk.run(f"backup run --all --recipient {right.to_public()}").code == 0
    assert states(desk.run("doctor --json"))["age key"] == "doubtful"
    assert states(desk.run(f"doctor --json --identity '{tmp_path}/right'"))["age key"] == "well"
    done = desk.run(f"doctor --json --identity '{tmp_path}/wrong'")
    assert (done.code, states(done)["age key"]) == (1, "ill")


def test_a_lock_that_was_left_is_told_and_lifted(healthy: Desk) -> None:
    lock = healthy.repository.lock("a backup")
    lock._holder = replace(lock._holder, birth="1")
    lock.acquire()
    assert states(healthy.run("doctor --json"))["lock"] == "doubtful"
    assert states(healthy.run("doctor --json"))["repository"] == "well"


def test_a_half_written_set_is_told(healthy: Desk) -> None:
    healthy.repository.storage.put("sets/20260101T000000Z-ff/control.surql.zst", b"half")
    assert states(healthy.run("doctor --json"))["unfinished"] == "doubtful"


@pytest.mark.parametrize("answer", [200, 500])
def test_a_test_message_goes_to_everybody(healthy: Desk, tmp_path: Path, answer: int) -> None:
    received = []

    def take(request: BaseHTTPRequestHandler) -> None:
        received.append(json.loads(body_of(request)))
        reply(request, answer)

    file = tmp_path / "schedule.yaml"
    with listening(take) as url:
        notify = {"webhooks": [{"url": url}]}
        jobs = {"daily": {"run": "backup run --all"}}
        file.write_text(yaml.safe_dump({"state": "state.json", "jobs": jobs, "notify": notify}))
        done = healthy.run(f"doctor --config '{file}' --send-test --json")
    assert {one["kind"] for one in received} == {"test"}
    assert (done.code, states(done)["messages"]) == ((0, "well") if answer == 200 else (1, "ill"))


def test_a_test_message_to_nobody_is_told(healthy: Desk) -> None:
    done = healthy.run("doctor --send-test --json")
    assert (done.code, states(done)["messages"]) == (1, "ill")


@pytest.mark.parametrize(("hours", "state"), [(25, "well"), (27, "ill"), (-2, "ill")])
def test_an_old_set_and_one_of_the_future(healthy: Desk, hours: int, state: str) -> None:
    made = healthy.repository.get("latest")
    at = datetime.now(UTC) - timedelta(hours=hours)
    healthy.repository.storage.put(manifest_of(made.id), made.model_copy(update={"started_at": at}).encode())
    assert states(healthy.run("doctor --json"))["newest good set"] == state


def test_a_lock_that_is_held_is_doubtful(healthy: Desk) -> None:
    with healthy.repository.lock("a backup").held():
        done = healthy.run("doctor --json")
    assert (done.code, states(done)["repository"]) == (0, "doubtful")


@pytest.mark.parametrize(
    ("job", "state"),
    [
        ({"exit_code": 1, "message": "no room"}, "ill"),
        ({"since": "2026-01-01T00:00:00Z"}, "ill"),
        ({}, "doubtful"),
        ({"since": "2100-01-01T00:00:00Z", "succeeded_at": "2026-01-01T00:00:00Z"}, "well"),
    ],
)
def test_jobs_that_fail_or_never_run(healthy: Desk, tmp_path: Path, job: dict[str, object], state: str) -> None:
    file = tmp_path / "schedule.yaml"
    file.write_text(yaml.safe_dump({"state": "state.json", "jobs": {"daily": {"run": "backup run --all"}}}))
    (tmp_path / "state.json").write_text(json.dumps({"jobs": {"daily": job}}))
    done = healthy.run(f"doctor --config '{file}' --json")
    assert states(done)["job daily"] == state
    assert done.code == (1 if state == "ill" else 0)
