"""Routes of the job queue."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from server.http.cursors import RecordCursor
from server.http.guard import Manager
from server.jobs.job import Job, State
from server.jobs.register import Jobs


def add_routes(router: APIRouter, jobs: Jobs) -> None:
    @router.get("/jobs")
    async def list_jobs(
        _: Manager,
        context: Annotated[str | None, Query(max_length=64)] = None,
        state: State | None = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
        cursor: RecordCursor = None,
    ) -> dict[str, Any]:
        """Jobs of all Contexts, newest first, a page at a time."""
        found = await jobs.page(context_id=context, state=state, cursor=cursor, limit=limit + 1)
        page, more = found[:limit], len(found) > limit
        return {
            "jobs": [job_view(job) for job in page],
            "next_cursor": page[-1].id if more else None,
            "has_more": more,
        }

    @router.get("/jobs/{job_id}")
    async def show_job(job_id: str, _: Manager) -> dict[str, Any]:
        """A job with its progress and its last error."""
        return job_view(await jobs.get(job_id))

    @router.post("/jobs/{job_id}/retry")
    async def retry_job(job_id: str, _: Manager) -> dict[str, Any]:
        """Queue a job that failed or was cancelled once more, with all its attempts."""
        return job_view(await jobs.retry(job_id))

    @router.delete("/jobs/{job_id}")
    async def cancel_job(job_id: str, _: Manager) -> dict[str, Any]:
        """Cancel an unfinished job; whoever works on it stops."""
        return job_view(await jobs.cancel(job_id))


def job_view(job: Job) -> dict[str, Any]:
    """A job without its payload, as it is listed and told of in events."""
    return {
        "id": job.id,
        "context_id": job.context_id,
        "kind": job.kind,
        "subject": job.subject,
        "state": job.state,
        "stage": job.stage,
        "progress": {"done": job.progress_done, "total": job.progress_total},
        "attempts": job.attempts,
        "max_attempts": job.max_attempts,
        "priority": job.priority,
        "error": job.last_error,
        "worker": job.lease_owner,
        "run_after": job.run_after,
        "created_at": job.created_at,
        "updated_at": job.updated_at,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
    }
