"""What is wrong is said in a sentence, with the page that deals with it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from runbooks.library import Library
from spectron.models.context import Context, Stats, Usage
from spectron.models.job import Job
from spectron.models.record import read
from spectron.models.service import Health, Ready
from spectron_tui.feed.deployment import Deployment, Tenant
from spectron_tui.feed.load import Minute
from spectron_tui.feed.panel import Panel
from spectron_tui.feed.troubles import Trouble, troubles
from spectron_tui.feed.vault import BackupSet, DrillResult, Listing, ScheduledJob, Vault

NOW = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
STAMP = NOW.isoformat()
CONTEXT = read(Context, {"id": "acme", "namespace": "a", "database": "b", "state": "active", "created_at": STAMP})


def ready(**values: Any) -> Deployment:
    document = {"status": "ready", "engine": {}, "contexts": [], "object_store": {"state": "ok"}} | values
    return Deployment(ready=Panel(read(Ready, document), NOW))


def tenant(*, stats: Panel[Stats] | None = None, percent: float | None = None, failed: int = 0) -> Deployment:
    counted = read(
        Stats, {"context_id": "acme", "tables": {}, "documents": {"failed": failed}, "object_bytes": 0, "index": {}}
    )
    usage = read(Usage, {"context_id": "acme", "period": "2026-03", "tokens_used": 1, "percent": percent})
    one = Tenant(CONTEXT, stats or Panel(counted, NOW), Panel(usage, NOW))
    return Deployment(tenants=Panel((one,), NOW))


def jobs(*states: str) -> Deployment:
    documents = [
        {"id": str(index), "context_id": "acme", "kind": "k", "subject": "s", "state": state, "created_at": STAMP}
        | {"updated_at": (NOW - timedelta(hours=1)).isoformat()}
        for index, state in enumerate(states)
    ]
    return Deployment(jobs=Panel(tuple(read(Job, document) for document in documents), NOW))


def vault(*, hours: float = 1, good: bool = True, drilled: tuple[DrillResult, ...] | None = None, **rest: Any) -> Vault:
    one = BackupSet("s1", NOW - timedelta(hours=hours), "good", good, True, ("acme",), 1, 1, False, {})
    drills = (DrillResult("s1", NOW, True),) if drilled is None else drilled
    return Vault(Panel(Listing((one,), **rest), NOW), Panel((), NOW), Panel(drills, NOW), Panel((), NOW))


def found(
    deployment: Deployment | None = None, kept: Vault | None = None, minute: Minute | None = None
) -> tuple[Trouble, ...]:
    return troubles(deployment or Deployment(), kept or vault(), minute, NOW, repository="/srv/sets")


AWAY: Panel[Health] = Panel(error="refused")
ILL: list[tuple[str, tuple[Trouble, ...]]] = [
    ("No answer", found(Deployment(health=AWAY))),
    ("database can't be reached", found(ready(status="unavailable", engine={"reason": "gone"}))),
    ("object store can't be reached", found(ready(object_store={"state": "down", "reason": "gone"}))),
    ("acme is broken: behind", found(ready(contexts=[{"id": "acme", "state": "broken", "reason": "behind"}]))),
    ("10% of requests fail", found(minute=Minute(5, 0.1, 10))),
    ("more than 3.0 s", found(minute=Minute(5, 0.0, 3_000))),
    ("95% of this month", found(tenant(percent=95))),
    ("2 failed documents", found(tenant(failed=2))),
    ("does not answer", found(tenant(stats=Panel(error="refused")))),
    ("1 job has used up", found(jobs("dead"))),
    ("has not moved for 1h", found(jobs("running"))),
    ("100 or more jobs are waiting", found(jobs(*["queued"] * 100))),
    ("can't be listed", found(kept=Vault(Panel(error="no such bucket")))),
    ("no good backup", found(kept=vault(good=False))),
    ("is 2d old", found(kept=vault(hours=50))),
    ("s0 is damaged", found(kept=vault(damaged={"s0": "torn"}))),
    ("job nightly failed", found(kept=Vault(jobs=Panel((ScheduledJob("nightly", "x", NOW, exit_code=1),), NOW)))),
    ("The last drill, of s1, failed", found(kept=vault(drilled=(DrillResult("s1", NOW, False),)))),
    ("ever proven", found(kept=vault(drilled=()))),
    ("passed 40d ago", found(kept=vault(drilled=(DrillResult("s1", NOW - timedelta(days=40), True),)))),
]


@pytest.mark.parametrize(("words", "said"), ILL, ids=[words for words, _ in ILL])
def test_each_is_said_alone_with_a_page_that_is_there(words: str, said: tuple[Trouble, ...]) -> None:
    (trouble,) = said
    assert words in trouble.text
    page = Library.shipped().page(trouble.runbook)
    assert page is not None, f"{trouble.runbook} is no runbook"


def test_where_all_is_well_there_is_nothing_to_say() -> None:
    assert found(ready(), vault(), Minute(100, 0.0, 20)) == ()


def test_backups_that_nobody_named_are_no_trouble() -> None:
    assert troubles(ready(), Vault(Panel(error="nobody said where")), None, NOW, repository=None) == ()
