"""The job queue: each job is one worker's at a time, Contexts take turns, and what fails is tried again."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from server.core.clock import Clock
from server.core.errors import DuplicateError, LeaseLostError, TransactionConflictError
from server.core.ids import Ids
from server.core.scope import EMPTY, Scope
from server.jobs.backoff import Backoff
from server.jobs.changes import Changes
from server.jobs.job import Claimed, Job, NewJob, Progress, job_of, jobs_of
from server.store.engine import Database

LEASE = timedelta(seconds=30)
TEND_SECONDS = 1.0
BATCH = 200
ENQUEUE_TRIES = 5
MAX_ERROR_LENGTH = 2000

CREATE = """CREATE type::record('job', $id) CONTENT object::extend($row, { updated_at: time::now() }) RETURN AFTER"""

# Comparing with > lets equal Contexts through on this index, because more columns follow. No Context id holds a
# space, so that one behind the id stands between it and the next.
CLAIM = """LET $behind = (SELECT VALUE id FROM job
    WHERE state = 'queued' AND context_id >= $served + ' ' AND kind IN $kinds
    ORDER BY context_id, priority, run_after LIMIT 1);
LET $first = (SELECT VALUE id FROM job
    WHERE state = 'queued' AND context_id >= '' AND kind IN $kinds
    ORDER BY context_id, priority, run_after LIMIT 1);
LET $next = IF array::len($behind) = 1 { $behind } ELSE { $first };
UPDATE $next SET state = 'running', attempts += 1, claims += 1, lease_owner = $worker, lease_until = $until,
    started_at = $now, stage = $stages[kind], progress_done = NONE, progress_total = NONE, updated_at = time::now()
    RETURN AFTER"""

IDLE = "lease_owner = NONE, lease_until = NONE, updated_at = time::now()"
OVER = f"unique_key = NONE, finished_at = $now, {IDLE}"
UNSUCCESSFUL = f"unsettled = true, {OVER}"
UNHELD = {"lease_owner": None, "lease_until": None}
LEASE_ALONE = {"lease_until"}

TEND = f"""UPDATE (SELECT VALUE id FROM job WHERE state = 'retrying' AND run_after <= $now LIMIT {BATCH})
    SET state = 'queued', updated_at = time::now() RETURN AFTER;
LET $left = (SELECT VALUE id FROM job WHERE state = 'running' AND lease_until < $now LIMIT {BATCH});
UPDATE $left SET state = 'dead',
    last_error = string::concat('The worker ', lease_owner ?? 'of this job', ' stopped in the middle of attempt ',
        attempts, ' of ', max_attempts, IF stage {{ string::concat(', while ', stage) }} ELSE {{ '' }},
        '. Its log says why; retry the job once that is put right.'),
    {UNSUCCESSFUL} WHERE attempts >= max_attempts RETURN AFTER;
UPDATE $left SET state = 'queued', {IDLE} WHERE state = 'running' RETURN AFTER"""


class JobQueue:
    """Takes jobs in and gives them to workers."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        ids: Ids,
        changes: Changes,
        *,
        backoff: Backoff | None = None,
        lease: timedelta = LEASE,
    ) -> None:
        self._database = database
        self._clock = clock
        self._ids = ids
        self.changes = changes
        self._backoff = backoff or Backoff()
        self.lease = lease
        self._served = ""
        self._tended_at = -TEND_SECONDS
        self._claiming = asyncio.Lock()

    async def enqueue(
        self,
        context_id: str,
        kind: str,
        subject: str,
        payload: Mapping[str, Any] | None = None,
        *,
        scope: Scope = EMPTY,
        priority: int = 0,
        max_attempts: int = 5,
        key: str | None = None,
    ) -> Job:
        """Queue a job, or return the unfinished one that stands for it already.

        Two jobs are the same if Context, kind and `key` are; the key is the subject unless another is given. Of one
        Context's jobs those of a lower priority go first.
        """
        new = NewJob(context_id, kind, subject, payload or {}, scope, priority, max_attempts, key)
        for _ in range(ENQUEUE_TRIES):
            now = self._clock.now()
            job_id = f"{now:%Y%m%d%H%M%S%f}-{self._ids.id(8)}"
            row = new.row() | {"created_at": now, "run_after": now}
            try:
                made = await self._database.write(CREATE, {"id": job_id, "row": row}, repeatable=True)
                return self.changes.tell(job_of(made[-1][0]))
            except DuplicateError:
                there = await self._database.row(
                    "SELECT * FROM job WHERE unique_key = $unique_key", {"unique_key": new.unique_key}
                )
                if there:
                    return job_of(there)
        raise TransactionConflictError(f"Another job about {subject!r} keeps beginning and ending; try again.")

    async def claim(
        self, worker: str, kinds: Sequence[str], stages: Mapping[str, str | None] | None = None
    ) -> Claimed | None:
        """The next job of these kinds, of the Context whose turn it is; the turn then passes on.

        `stages` says in which stage a job of a kind begins.
        """
        async with self._claiming:
            await self._tend()
            now = self._clock.now()
            variables = {
                "served": self._served,
                "kinds": list(kinds),
                "stages": dict(stages or {}),
                "worker": worker,
                "now": now,
                "until": now + self.lease,
            }
            rows = (await self._database.write(CLAIM, variables))[-1]
            if not rows:
                return None
            job = self.changes.tell(job_of(rows[0]))
            self._served = job.context_id
            return Claimed(job, now + self.lease)

    async def heartbeat(self, claimed: Claimed) -> Claimed:
        """Keep a job for another lease; `LeaseLostError` when it is somebody else's, or cancelled."""
        return await self._renewed(claimed)

    async def progress(self, claimed: Claimed, progress: Progress) -> Claimed:
        """Note how far a job has come, and keep it for another lease."""
        return await self._renewed(claimed, **progress.columns)

    def show(self, claimed: Claimed, progress: Progress) -> None:
        """Tell those who listen in this process how far a job has come, before it is noted."""
        self.changes.show(replace(claimed.job, **progress.columns))

    async def complete(self, claimed: Claimed, progress: Progress | None = None) -> Job:
        """End a job well; `progress` is how far it had come by then, where that is not noted yet."""
        columns = progress.columns if progress else {}
        return await self._held(claimed, state="done", last_error=None, **columns, **self._over())

    async def fail(
        self,
        claimed: Claimed,
        error: str,
        progress: Progress | None = None,
        *,
        permanent: bool = False,
        after: float = 0.0,
    ) -> Job:
        """Have a job tried again, not before `after` seconds; what no attempt can mend is failed, the last one dead."""
        reason = error[:MAX_ERROR_LENGTH]
        columns = progress.columns if progress else {}
        if permanent or claimed.job.attempts >= claimed.job.max_attempts:
            state = "failed" if permanent else "dead"
            return await self._held(claimed, state=state, last_error=reason, unsettled=True, **columns, **self._over())
        pause = max(after, self._backoff.seconds(claimed.job.attempts))
        later = self._clock.now() + timedelta(seconds=pause)
        return await self._held(claimed, state="retrying", last_error=reason, run_after=later, **columns, **UNHELD)

    async def release(self, claimed: Claimed) -> Job:
        """Give a job back as it was found; the attempt does not count."""
        return await self._held(claimed, state="queued", attempts=claimed.job.attempts - 1, **UNHELD)

    async def unsettled(self, kinds: Sequence[str]) -> list[Job]:
        """Jobs that ended without success, of which their handlers have not been told."""
        return jobs_of(
            await self._database.rows(
                f"SELECT * FROM job WHERE unsettled = true AND kind IN $kinds LIMIT {BATCH}", {"kinds": list(kinds)}
            )
        )

    async def settle(self, job: Job) -> None:
        """Note that a handler knows of this end, unless the job lives again."""
        await self._database.write(
            "UPDATE type::record('job', $id) SET unsettled = NONE WHERE state = $state AND claims = $claims "
            "RETURN NONE",
            {"id": job.id, "claims": job.claims, "state": job.state},
            repeatable=True,
        )

    async def expire_leases(self) -> None:
        """Take back what runs; for the start of the only process that can have worked on it."""
        await self._database.write(
            "UPDATE job SET lease_until = $now - 1us WHERE state = 'running' RETURN NONE", {"now": self._clock.now()}
        )
        self._tended_at = -TEND_SECONDS

    async def _tend(self) -> None:
        """Queue again what is due, and what was left behind by workers that are gone."""
        at = self._clock.monotonic()
        if at - self._tended_at < TEND_SECONDS:
            return
        due, _, dead, left = await self._database.write(TEND, {"now": self._clock.now()}, repeatable=True)
        self._tended_at = at
        for job in jobs_of([*due, *dead, *left]):
            self.changes.tell(job)

    def _over(self) -> dict[str, Any]:
        return {"unique_key": None, "finished_at": self._clock.now(), **UNHELD}

    async def _renewed(self, claimed: Claimed, **columns: Any) -> Claimed:
        until = self._clock.now() + self.lease
        job = await self._held(claimed, lease_until=until, **columns)
        return Claimed(job, until)

    async def _held(self, claimed: Claimed, **columns: Any) -> Job:
        """Change a job that is still held under this claim, of which therefore nobody else has changed anything."""
        assigned = [f"{name} = ${name}" for name in columns]
        if columns.keys() != LEASE_ALONE:
            assigned.append("updated_at = time::now()")
        moments = (
            await self._database.write(
                f"UPDATE type::record('job', $id) SET {', '.join(assigned)} "
                "WHERE state = 'running' AND claims = $claims RETURN VALUE updated_at",
                claimed.token | columns,
                repeatable=True,
            )
        )[-1]
        if not moments:
            raise LeaseLostError(
                f"The job {claimed.job.id!r} is no longer this worker's: its lease ran out, or it was cancelled. "
                "Stop working on it."
            )
        shown = {name: value for name, value in columns.items() if name in Job.__dataclass_fields__}
        return self.changes.tell(replace(claimed.job, **shown, updated_at=moments[0]))
