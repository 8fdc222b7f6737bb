"""What is due runs once, what was missed is caught up once, and what became of it is known after any end."""

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ops.errors import OpsError
from ops.notify.event import Event
from ops.notify.notifier import Notifier
from ops.schedule.config import Job, Schedule, load_schedule
from ops.schedule.keeper import Keeper
from ops.schedule.loop import Loop
from ops.schedule.running import Runner
from ops.schedule.state import StateFile
from ops.schedule.units import cron_lines, systemd_unit
from spectron.errors import ArgumentError
from tests.support.clock import ManualClock

START = datetime(2026, 11, 20, 12, tzinfo=UTC)
PROGRAM = [sys.executable, "-S", "-c"]


class Listening(Notifier):
    def __init__(self) -> None:
        super().__init__()
        self.events: list[Event] = []

    def tell(self, event: Event) -> list[str]:
        self.events.append(event)
        return []


class Bench:
    """A schedule whose jobs are lines of Python, on a clock that stands still."""

    def __init__(self, folder: Path, **jobs: Job) -> None:
        self.clock = ManualClock(START)
        self.folder = folder
        self.schedule = Schedule(state=folder / "state.json", jobs=jobs)
        self.told = Listening()
        self.state = StateFile(self.schedule.state)
        self.restart()

    def restart(self) -> None:
        """As after a crash: nothing is left but the files."""
        self.runner = Runner(PROGRAM, {}, self.folder)
        self.keeper = Keeper(
            self.schedule, StateFile(self.schedule.state), self.runner, self.told, now=self.clock.now, host="db1"
        )
        self.keeper.begin()

    def run_due(self) -> list[str]:
        due = [name for name, at in self.keeper.next_runs().items() if at <= self.clock.now()]
        for name in due:
            self.keeper.run(name)
        return due


def job(line: str = "pass", **values: object) -> Job:
    return Job.model_validate({"run": f'"{line}"', "every": "day", "at": "03:00", **values})


def test_a_new_job_waits_for_its_time(tmp_path: Path) -> None:
    bench = Bench(tmp_path, daily=job())
    assert bench.run_due() == []
    assert bench.keeper.next_runs() == {"daily": datetime(2026, 11, 21, 3, tzinfo=UTC)}
    bench.clock.advance(15 * 3600)
    assert bench.run_due() == ["daily"]
    assert bench.run_due() == []
    assert bench.state.load()["daily"].succeeded_at == bench.clock.now()


def test_what_was_missed_is_caught_up_once(tmp_path: Path) -> None:
    bench = Bench(tmp_path, daily=job(), lazy=job(catch_up=False))
    bench.clock.advance(timedelta(days=9).total_seconds())
    bench.restart()
    assert bench.run_due() == ["daily"]
    assert bench.run_due() == []
    bench.clock.advance(15 * 3600)
    assert bench.run_due() == ["daily", "lazy"]


def test_runs_that_were_missed_are_told_once_when_the_schedule_is_kept_again(tmp_path: Path) -> None:
    bench = Bench(tmp_path, daily=job(), lazy=job(catch_up=False), young=job(at="11:30"))
    bench.clock.advance(timedelta(days=9).total_seconds())
    bench.restart()
    assert [(event.kind, event.job) for event in bench.told.events] == [
        ("missed", "daily"), ("missed", "lazy"), ("missed", "young"),
    ]  # fmt: skip
    assert "first at 2026-11-21T03:00:00+00:00, 9 times in all" in bench.told.events[0].message
    assert bench.told.events[0].runbook == "backup-failed"
    bench.run_due()
    bench.clock.advance(-1800)
    bench.told.events.clear()
    bench.restart()
    assert bench.told.events == []


@pytest.mark.parametrize("what", ["state", "log", "program"])
def test_what_can_not_even_begin_is_told_once_for_each_reason(tmp_path: Path, what: str) -> None:
    bench = Bench(tmp_path, daily=job())
    if what == "state":
        (tmp_path / "state.json").write_text("[]")
    elif what == "log":
        (tmp_path / "daily.log").mkdir()
    else:
        bench.runner._program = [str(tmp_path / "nowhere")]
    for _ in range(2):
        outcome = bench.keeper.run("daily")
        assert (outcome.exit_code, outcome.problems) == (1, [])
    assert [(event.kind, event.exit_code) for event in bench.told.events] == [("failed", 1)]
    assert str(tmp_path) in bench.told.events[0].message


def test_figures_that_can_not_be_written_are_told_and_stop_no_job(tmp_path: Path) -> None:
    def broken() -> None:
        raise OpsError("Can't write the figures.")

    bench = Bench(tmp_path, daily=job())
    bench.keeper._on_change = broken
    outcome = bench.keeper.run("daily")
    assert (outcome.ended.exit_code, outcome.exit_code, outcome.problems) == (0, 1, ["Can't write the figures."])
    assert bench.state.load()["daily"].succeeded_at is not None
    assert [event.kind for event in bench.told.events] == ["done", "failed"]


def test_a_run_that_was_killed_is_run_again(tmp_path: Path) -> None:
    bench = Bench(tmp_path, daily=job())
    bench.clock.advance(15 * 3600)
    bench.state.update("daily", lambda old: old.model_copy(update={"started_at": bench.clock.now()}))
    bench.restart()
    assert bench.run_due() == ["daily"]


def test_failures_and_their_end_are_told_once_each(tmp_path: Path) -> None:
    flag = tmp_path / "flag"
    line = f"import os, sys; print('no space left'); sys.exit(0 if os.path.exists('{flag}') else 7)"
    bench = Bench(tmp_path, daily=job(line))
    outcome = bench.keeper.run("daily")
    assert (outcome.exit_code, outcome.ended.message) == (7, "no space left")
    bench.keeper.run("daily")
    flag.touch()
    bench.keeper.run("daily")
    bench.keeper.run("daily")
    assert [event.kind for event in bench.told.events] == ["failed", "failed", "recovered", "done"]
    assert bench.told.events[0].message == "no space left"


def test_a_job_never_runs_twice_at_once(tmp_path: Path) -> None:
    bench = Bench(tmp_path, daily=job())
    with bench.runner.lock("daily"):
        outcome = bench.keeper.run("daily")
        assert (outcome.exit_code, outcome.ended.message) == (3, "daily is running already. Wait until it ends.")
        bench.keeper.run("daily")
    assert bench.state.load()["daily"].started_at is None
    assert bench.keeper.run("daily").exit_code == 0
    assert [event.kind for event in bench.told.events] == ["missed", "done"]


def test_a_job_that_hangs_is_ended_and_told(tmp_path: Path) -> None:
    bench = Bench(tmp_path, daily=job("import time; time.sleep(600)", timeout="1s"))
    outcome = bench.keeper.run("daily")
    assert outcome.exit_code == 1
    assert "took longer than 0:00:01" in outcome.ended.message


def test_a_job_that_is_killed_is_told(tmp_path: Path) -> None:
    bench = Bench(tmp_path, daily=job("import os; os.kill(os.getpid(), 9)"))
    assert "killed by signal 9" in bench.keeper.run("daily").ended.message


def test_a_clock_that_was_put_back_stops_no_job(tmp_path: Path) -> None:
    bench = Bench(tmp_path, daily=job())
    bench.clock.advance(timedelta(days=400).total_seconds())
    bench.run_due()
    bench.clock.advance(-timedelta(days=380).total_seconds())
    bench.clock.advance(86400)
    assert bench.keeper.next_runs()["daily"] - bench.clock.now() <= timedelta(days=1)


def test_the_loop_runs_jobs_beside_each_other(tmp_path: Path) -> None:
    bench = Bench(tmp_path, one=job(), two=job("import sys; sys.exit(3)"))
    bench.clock.advance(15 * 3600)
    said: list[str] = []
    loop = Loop(bench.keeper, bench.schedule.jobs, said.append, bench.clock.now)
    bench.clock.advance(-1)
    loop.step()
    assert said == []
    bench.clock.advance(1)
    loop.step()
    loop.wait()
    loop.step()
    loop.wait()
    assert sorted(said) == [
        "one begins.", "one went well.", "two begins.", "two ended with exit code 3: It said nothing.",
    ]  # fmt: skip


def test_a_damaged_state_is_told_and_not_guessed(tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text("{")
    with pytest.raises(OpsError, match="Repair it, or delete it"):
        Bench(tmp_path, daily=job())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("jobs: {}", "state"),
        ("state: s\njobs: {}", "jobs"),
        ("state: s\njobs: {a: {run: ''}}", "says nothing to run"),
        ("state: s\njobs: {a: {run: x, at: '25:00'}}", "jobs.a.at"),
        ("state: s\njobs: {a: {run: x, jitter: soon}}", "such as 10m"),
        ("state: s\njobs: {a: {run: x, evry: day}}", "jobs.a.evry"),
        ("state: s\njobs: {A b: {run: x}}", "jobs.A b"),
        ("state: s\njobs: {a: {run: x, ping: 'nowhere'}}", "jobs.a.ping: .* https://chat.example/hook"),
        (
            "state: s\njobs: {a: {run: x}}\nnotify: {webhooks: [{url: 'http://x:port'}]}",
            "notify.webhooks.0.url: .* no URL",
        ),
        ("state: [", "is no YAML"),
    ],
)
def test_a_mistake_in_the_schedule_is_named(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "schedule.yaml"
    file.write_text(text)
    with pytest.raises(ArgumentError, match=words):
        load_schedule(file)


def test_paths_are_meant_from_the_folder_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "schedule.yaml"
    hook = "{url: 'http://h', secret: {file: hook.key}}"
    file.write_text(
        f"state: ../s.json\njobs: {{a: {{run: x}}}}\nnotify: {{webhooks: [{hook}]}}\nmetrics: {{textfile: f.prom}}"
    )
    loaded = load_schedule(file)
    secret = loaded.notify.webhooks[0].secret
    assert secret is not None
    assert (loaded.state, loaded.metrics.textfile, secret.file) == (
        tmp_path.parent / "s.json", tmp_path / "f.prom", tmp_path / "hook.key",
    )  # fmt: skip


def test_units_name_every_job(tmp_path: Path) -> None:
    schedule = Schedule(
        state=tmp_path, jobs={"daily": job(), "weekly": job(every="week", weekday="sunday", at="04:30")}
    )
    lines = cron_lines("/bin/spectron-ops", Path("/etc/a b.yaml"), schedule).splitlines()
    assert lines[2] == "0 3 * * * /bin/spectron-ops schedule once daily --config '/etc/a b.yaml'"
    assert lines[3].startswith("30 4 * * 0 ")
    assert "ExecStart=/bin/spectron-ops schedule run --config '/etc/a b.yaml'" in systemd_unit(
        "/bin/spectron-ops", Path("/etc/a b.yaml")
    )


def test_the_state_is_whole_json_after_each_change(tmp_path: Path) -> None:
    bench = Bench(tmp_path, daily=job())
    bench.keeper.run("daily")
    assert json.loads((tmp_path / "state.json").read_text())["jobs"]["daily"]["exit_code"] == 0
    assert [one.name for one in tmp_path.iterdir() if one.name.endswith(".new")] == []
