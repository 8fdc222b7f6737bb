"""The queue as operators see and steer it."""

import httpx
import pytest

from server.jobs.job import Job, Progress
from tests.support.app import App


async def queued(app: App, subject: str = "document:1", context_id: str = "acme") -> Job:
    app.clock.advance(0.001)
    return await app.server.queue.enqueue(context_id, "reindex", subject, {"secret": "not shown"})


async def failed(app: App, subject: str) -> Job:
    await queued(app, subject)
    claimed = await app.server.queue.claim("worker-7", ["reindex"])
    assert claimed is not None
    held = await app.server.queue.progress(claimed, Progress("embedding", 3, 9))
    return await app.server.queue.fail(held, "The provider refused the key.", permanent=True)


async def test_a_job_in_full(acme: App) -> None:
    job = await failed(acme, "document:1")
    answer = await acme.http.get(f"/api/v1/jobs/{job.id}")

    assert answer.status_code == 200
    shown = answer.json()
    times = {name: shown.pop(name) for name in ("run_after", "created_at", "updated_at", "started_at", "finished_at")}
    assert all(times.values())
    assert shown == {
        "id": job.id,
        "context_id": "acme",
        "kind": "reindex",
        "subject": "document:1",
        "state": "failed",
        "stage": "embedding",
        "progress": {"done": 3, "total": 9},
        "attempts": 1,
        "max_attempts": 5,
        "priority": 0,
        "error": "The provider refused the key.",
        "worker": None,
    }


async def test_lists_are_paged_and_filtered(acme: App) -> None:
    jobs = [await queued(acme, f"document:{number}") for number in range(5)]
    other = await queued(acme, context_id="beta")
    await acme.http.delete(f"/api/v1/jobs/{jobs[0].id}")

    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await acme.http.get("/api/v1/jobs", params={"limit": "4", **cursor})).json()
        seen += [job["id"] for job in page["jobs"]]
        if not page["has_more"]:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == [other.id, *(job.id for job in reversed(jobs))]

    async def ids(**params: str) -> list[str]:
        return [job["id"] for job in (await acme.http.get("/api/v1/jobs", params=params)).json()["jobs"]]

    assert await ids(context="beta") == [other.id]
    assert await ids(state="cancelled") == [jobs[0].id]
    assert await ids(context="acme", state="queued") == [job.id for job in reversed(jobs[1:])]
    assert await ids(context="nobody") == []


async def test_cancel_and_retry(acme: App) -> None:
    job = await queued(acme)
    cancelled = await acme.http.delete(f"/api/v1/jobs/{job.id}")
    assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelled")
    again = await acme.http.delete(f"/api/v1/jobs/{job.id}")
    assert (again.status_code, again.json()["type"]) == (409, "https://spectron.dev/errors/conflict")

    retried = await acme.http.post(f"/api/v1/jobs/{job.id}/retry")
    assert (retried.status_code, retried.json()["state"]) == (200, "queued")
    assert (await acme.http.post(f"/api/v1/jobs/{job.id}/retry")).status_code == 409


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/jobs/unknown"),
        ("GET", f"/jobs/{'x' * 3000}"),
        ("GET", "/jobs/job:%60x%60%20OR%20true"),
        ("DELETE", "/jobs/unknown"),
        ("POST", "/jobs/unknown/retry"),
    ],
)
async def test_an_unknown_job(acme: App, method: str, path: str) -> None:
    answer = await acme.http.request(method, f"/api/v1{path}")
    assert (answer.status_code, answer.json()["type"]) == (404, "https://spectron.dev/errors/not-found")


@pytest.mark.parametrize("params", [{"state": "asleep"}, {"limit": "0"}, {"limit": "501"}, {"status": "queued"}])
async def test_a_wrong_filter(acme: App, params: dict[str, str]) -> None:
    assert (await acme.http.get("/api/v1/jobs", params=params)).status_code == 400


async def test_jobs_are_for_management_keys(acme: App) -> None:
    job = await queued(acme)
    agent = await acme.agent()
    anonymous = await acme.client()
    calls = [
        ("GET", "/jobs"),
        ("GET", f"/jobs/{job.id}"),
        ("DELETE", f"/jobs/{job.id}"),
        ("POST", f"/jobs/{job.id}/retry"),
    ]

    async def statuses(client: httpx.AsyncClient) -> set[int]:
        return {(await client.request(method, f"/api/v1{path}")).status_code for method, path in calls}

    assert await statuses(agent) == {403}
    assert await statuses(anonymous) == {401}
    assert (await acme.server.jobs.get(job.id)).state == "queued"


async def test_a_context_takes_its_jobs_along(acme: App) -> None:
    await queued(acme)
    await queued(acme, "document:2")
    await queued(acme, context_id="beta")
    preview = await acme.http.delete("/api/v1/contexts/acme", params={"dry_run": "true"})
    assert preview.json()["jobs"] == 2

    assert (await acme.http.delete("/api/v1/contexts/acme")).status_code == 204
    left = (await acme.http.get("/api/v1/jobs")).json()["jobs"]
    assert [job["context_id"] for job in left] == ["beta"]
