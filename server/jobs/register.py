"""What people and other parts ask of jobs: looking them up, ending and repeating them by hand, tidying up."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from server.core.clock import Clock
from server.core.errors import ConflictError, DuplicateError, NotFoundError
from server.jobs.changes import Changes
from server.jobs.job import UNFINISHED, Job, State, job_of, jobs_of
from server.jobs.queue import BATCH, UNSUCCESSFUL
from server.store.engine import Database
from server.store.moments import between

EPOCH = datetime.fromtimestamp(0, tz=UTC)

CANCEL = f"""UPDATE type::record('job', $id) SET state = 'cancelled', {UNSUCCESSFUL}
    WHERE state IN ['queued', 'retrying', 'running'] RETURN AFTER"""

RETRY = """UPDATE type::record('job', $id) SET state = 'queued', attempts = 0, unique_key = $unique_key,
    run_after = $now, finished_at = NONE, unsettled = NONE, stage = NONE, progress_done = NONE, progress_total = NONE,
    updated_at = time::now() WHERE state IN ['failed', 'dead', 'cancelled'] RETURN AFTER"""

PRUNE = """LET $old = (SELECT VALUE id FROM job WHERE {ended} LIMIT $limit);
DELETE $old RETURN NONE;
array::len($old)"""

REMOVE = """LET $some = (SELECT VALUE id FROM job WHERE context_id = $context_id LIMIT $limit);
DELETE $some RETURN NONE;
array::len($some)"""

COUNTED = ("queued", "retrying", "running", "dead")
BACKLOG = "\n".join(
    f"SELECT VALUE count FROM (SELECT count() FROM job WHERE state = '{one}' GROUP ALL);" for one in COUNTED
)
OLDEST = "SELECT VALUE created_at FROM (SELECT created_at FROM job WHERE state = 'queued' ORDER BY created_at LIMIT 1)"


class Jobs:
    """The jobs of all Contexts, as seen from outside of the queue."""

    def __init__(self, database: Database, clock: Clock, changes: Changes) -> None:
        self._database = database
        self._clock = clock
        self._changes = changes

    async def get(self, job_id: str) -> Job:
        row = await self._database.row("SELECT * FROM type::record('job', $id)", {"id": job_id})
        if row is None:
            raise NotFoundError(f"There is no job {job_id[:80]!r}; finished jobs are forgotten after a while.")
        return job_of(row)

    async def page(
        self,
        *,
        context_id: str | None = None,
        state: State | None = None,
        cursor: str | None = None,
        limit: int,
    ) -> list[Job]:
        """Jobs, newest first, beginning after the one that the cursor names."""
        conditions = {
            "context_id = $context_id": context_id,
            "state = $state": state,
            "id < type::record('job', $cursor)": cursor,
        }
        where = " AND ".join(condition for condition, value in conditions.items() if value is not None) or "true"
        variables = {"context_id": context_id, "state": state, "cursor": cursor, "limit": limit}
        rows = await self._database.rows(f"SELECT * FROM job WHERE {where} ORDER BY id DESC LIMIT $limit", variables)
        return jobs_of(rows)

    async def about(self, context_id: str, subject: str) -> list[Job]:
        """The jobs about a subject, newest first."""
        return jobs_of(
            await self._database.rows(
                "SELECT * FROM job WHERE context_id = $context_id AND subject = $subject ORDER BY id DESC",
                {"context_id": context_id, "subject": subject},
            )
        )

    async def at_work(self, context_id: str, kind: str) -> set[str]:
        """The subjects of the unfinished jobs of a kind."""
        subjects: list[Any] = await self._database.rows(
            "SELECT VALUE subject FROM job WHERE context_id = $context_id AND kind = $kind AND state IN $unfinished",
            {"context_id": context_id, "kind": kind, "unfinished": list(UNFINISHED)},
        )
        return set(subjects)

    async def cancel(self, job_id: str) -> Job:
        """End an unfinished job; a worker that is at it finds out and stops."""
        rows = (await self._database.write(CANCEL, {"id": job_id, "now": self._clock.now()}))[-1]
        if rows:
            return self._changes.tell(job_of(rows[0]))
        job = await self.get(job_id)
        raise ConflictError(f"The job {job.id!r} is {job.state} already; only an unfinished one can be cancelled.")

    async def retry(self, job_id: str) -> Job:
        """Queue a job that ended without success once more, with all its attempts."""
        job = await self.get(job_id)
        variables = {"id": job_id, "unique_key": job.unique_key, "now": self._clock.now()}
        try:
            rows = (await self._database.write(RETRY, variables))[-1]
        except DuplicateError as error:
            raise ConflictError(
                f"Another job about {job.subject!r} does the work of {job.id!r} already; wait for that one."
            ) from error
        if rows:
            return self._changes.tell(job_of(rows[0]))
        job = await self.get(job_id)
        raise ConflictError(f"The job {job.id!r} is {job.state}; only one that failed or was cancelled can be retried.")

    async def backlog(self) -> Mapping[str, float]:
        """How many jobs are in each state that may need somebody, and for how long the oldest has waited."""
        *counts, oldest = await self._database.read(f"{BACKLOG}\n{OLDEST}")
        found = {state: float(sum(count)) for state, count in zip(COUNTED, counts, strict=True)}
        waited = max((self._clock.now() - begun).total_seconds() for begun in oldest) if oldest else 0.0
        return found | {"oldest_queued_seconds": waited}

    async def changed_since(self, moment: datetime, *, limit: int) -> list[Job]:
        """Jobs that any process has changed after that moment of the database's time, the longest ago first."""
        changed, variables = between("updated_at", after=moment)
        return jobs_of(
            await self._database.rows(
                f"SELECT *, time::nano(updated_at) AS moment FROM job WHERE {changed} ORDER BY moment LIMIT $limit",
                variables | {"limit": limit},
            )
        )

    async def database_time(self) -> datetime:
        """The time that `updated_at` is taken from."""
        now: datetime = (await self._database.read("RETURN time::now()"))[-1]
        return now

    async def prune(self, before: datetime, *, limit: int) -> int:
        """Forget up to `limit` of the jobs that ended before then; how many there were."""
        ended, variables = between("finished_at", after=EPOCH, before=before)
        return await self._batch(PRUNE.format(ended=ended), **variables, limit=limit)

    async def count(self, context_id: str) -> Mapping[str, int]:
        """How many jobs a Context has, as one of its belongings."""
        row = await self._database.row(
            "SELECT count() AS jobs FROM job WHERE context_id = $context_id GROUP ALL", {"context_id": context_id}
        )
        return {"jobs": row["jobs"] if row else 0}

    async def remove(self, context_id: str) -> None:
        """Take away the jobs of a Context that is being deleted; a worker that is at one finds out and stops."""
        while await self._batch(REMOVE, context_id=context_id, limit=BATCH):
            pass

    async def _batch(self, text: str, **variables: object) -> int:
        return int((await self._database.write(text, variables, repeatable=True))[-1])
