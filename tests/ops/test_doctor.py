"""`doctor` finds what would fail at night."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from ops.repository.names import manifest_of
from tests.ops.backup.conftest import deployment, desk
from tests.ops.desk import Desk, Outcome

__all__ = ["deployment", "desk"]


def states(done: Outcome) -> dict[str, str]:
    return {one["what"]: one["state"] for one in done.json["diagnoses"]}


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
    assert states(done) == {"server": "well", "contexts": "well", "repository": "ill"}


def test_a_server_that_is_away_hides_no_other_illness(healthy: Desk) -> None:
    healthy.deployment.refused |= {"ready": 500, "contexts": 401}
    done = healthy.run("doctor --json")
    assert done.code == 1
    assert states(done)["server"] == "ill"
    assert states(done)["newest good set"] == "well"


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
    ],
)
def test_jobs_that_fail_or_never_run(healthy: Desk, tmp_path: Path, job: dict[str, object], state: str) -> None:
    file = tmp_path / "schedule.yaml"
    file.write_text(yaml.safe_dump({"state": "state.json", "jobs": {"daily": {"run": "backup run --all"}}}))
    (tmp_path / "state.json").write_text(json.dumps({"jobs": {"daily": job}}))
    done = healthy.run(f"doctor --config '{file}' --json")
    assert states(done)["job daily"] == state
    assert done.code == (1 if state == "ill" else 0)
