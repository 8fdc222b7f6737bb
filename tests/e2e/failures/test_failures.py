"""Nothing fails in silence: an exit code, a sentence that says what to do, and somebody who is told."""

import os
import random
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from ops.repository.location import BucketLocation
from tests.e2e.failures.table import BEGIN, CASES, END, Case, rendered
from tests.e2e.failures.world import JOB, OPS, World, receiving
from tests.objects.conftest import S3Endpoint, bucket, s3_endpoint
from tests.support.deployment import Deployment
from tests.support.gateway import between
from tests.support.processes import Process

__all__ = ["bucket", "s3_endpoint"]

PAGE = Path(__file__).parents[3] / "docs/silent-failures.md"
TEXTS = ("Maria moved from Lisbon to Porto.", "Tomás leads the payments team.", "The invoice 7741 is unpaid.")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """A deployment with one Context, turns and a document that compresses badly."""
    folder = tmp_path_factory.mktemp("server")
    with Deployment(folder / "data", folder) as running, running.admin as admin:
        admin.contexts.create(id="acme", namespace="acme", database="acme")
        acme = admin.contexts("acme")
        session = acme.sessions.create()
        for text in TEXTS:
            acme.sessions.add_turn(session.id, role="user", content=text)
        note = folder / "note.bin"
        note.write_bytes(random.Random(0).randbytes(300_000))
        acme.documents.upload(note)
        yield running


@pytest.fixture(scope="module")
def base(server: Deployment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with one good set."""
    folder = tmp_path_factory.mktemp("base")
    repository = folder / "backups"
    environment = {"SPECTRON_URL": server.url, "SPECTRON_API_KEY": server.key, "HOME": str(folder)}
    arguments = [OPS, "backup", "run", "--all", "--to", str(repository)]
    with Process(arguments, folder / "log", environment=environment) as process:
        assert process.wait() == 0, process.output
    return repository


@pytest.fixture
def world(server: Deployment, base: Path, s3_endpoint: S3Endpoint, bucket: str, tmp_path: Path) -> Iterator[World]:
    location = BucketLocation(bucket, "backups/", s3_endpoint.url, "us-east-1")
    with between(server.url) as gateway, receiving() as receiver, server.admin as admin:
        yield World(tmp_path, server, admin, gateway, receiver, location, base)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what)
def test_it_is_told(case: Case, world: World) -> None:
    with ExitStack() as stack:
        case.arrange(world, stack)
        world.write_schedule(case.command)
        code, output = case.play(world)
        assert (code, case.says in output) == (case.code, True), output
        check_alarm(case, world, output)
        case.afterwards(world)


def check_alarm(case: Case, world: World, output: str) -> None:
    """Who has to hear of it has heard of it, or the figures say that nobody could."""
    events = [(event["kind"], event["job"]) for event in world.receiver.events]
    figures = world.figures()
    if case.alarm in {"failed", "missed"}:
        assert events == [(case.alarm, JOB)], output
        [event] = world.receiver.events
        assert case.says in event["message"]
        assert event["runbook"] in {"backup-failed", "drill-failed"}
    elif case.alarm == "undelivered":
        assert f'spectron_ops_undelivered_messages{{job="{JOB}"}} 1.0' in figures
    else:
        assert (events, world.receiver.pings) == ([], int(case.alarm == "none"))
    if figures and case.alarm != "missed":
        job_failed = case.alarm == "failed" or "gone" in case.command
        assert f'spectron_ops_last_exit_code{{job="{JOB}"}} {float(case.code if job_failed else 0)}' in figures


def test_the_page_shows_every_case() -> None:
    page = PAGE.read_text()
    before, _, rest = page.partition(BEGIN)
    table, _, after = rest.partition(END)
    if os.environ.get("SPECTRON_WRITE"):
        PAGE.write_text(f"{before}{BEGIN}\n{rendered()}\n{END}{after}")
        return
    assert table.strip() == rendered(), "write it with SPECTRON_WRITE=1"
