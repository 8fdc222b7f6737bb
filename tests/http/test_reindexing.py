"""A search index made anew: asked for once, at work in the background, told of, and never in the way of answers."""

import asyncio
from pathlib import Path

from server.core.clock import SystemClock
from server.store.embedded import EmbeddedEngine
from tests.recall.memory import Memory
from tests.support.app import App, running
from tests.support.engines import WatchedEngine

REINDEX = "/api/v1/contexts/acme/reindex"


async def ended(app: App, job_id: str) -> None:
    done = asyncio.Event()
    app.server.queue.changes.listen(lambda job: done.set() if job.id == job_id and job.finished else None)
    if (await app.http.get(f"/api/v1/jobs/{job_id}")).json()["state"] not in {"done", "failed", "dead"}:
        await done.wait()


async def test_a_job_builds_the_index_anew_and_answers_go_on(tmp_path: Path) -> None:
    async with running(tmp_path, works=True) as app:
        await app.context()
        memory = Memory(app)
        for number in range(30):
            await memory.tell(f"Boat {number} is red.")
        asked = await app.http.post(REINDEX)
        assert asked.status_code == 202
        job_id = asked.json()["job_id"]
        assert "Boat 7 is red." in await memory.texts("Boat 7")
        await ended(app, job_id)
        job = (await app.http.get(f"/api/v1/jobs/{job_id}")).json()
        assert (job["state"], job["kind"], job["progress"]) == ("done", "index.rebuild", {"done": 30, "total": 30})
        assert "Boat 7 is red." in await memory.texts("Boat 7")
        index = (await app.http.get("/api/v1/contexts/acme/stats")).json()["index"]
        assert index == {"state": "ready", "progress": 1.0, "chunks": 30}
        (event,) = (await app.http.get("/api/v1/contexts/acme/audit", params={"kind": "index"})).json()["events"]
        assert (event["action"], event["detail"]) == ("context.reindex", {"job": job_id})


async def test_asking_twice_is_one_job(acme: App) -> None:
    first, second = [(await acme.http.post(REINDEX)).json() for _ in range(2)]
    assert first == second
    assert first["state"] == "queued"


async def test_only_managers_ask_for_it_and_only_of_a_context_that_is_there(acme: App) -> None:
    agent = await acme.agent()
    assert (await agent.post(REINDEX)).status_code == 403
    assert (await acme.http.post("/api/v1/contexts/nobody/reindex")).status_code == 404
    assert (await acme.http.post(f"{REINDEX}?dry_run=true")).status_code == 400


async def test_where_the_database_keeps_the_index_there_is_none_to_be_made_anew(tmp_path: Path) -> None:
    async with EmbeddedEngine(None, SystemClock()) as inner:
        engine = WatchedEngine(inner)
        engine.kind = "remote"
        async with running(tmp_path, engine=engine) as app:
            await app.context()
            refused = await app.http.post(REINDEX)
            assert refused.status_code == 422
            assert "keeps the search index itself" in refused.json()["detail"]
            assert (await app.http.get("/api/v1/jobs")).json()["jobs"] == []
            audit = await app.http.get("/api/v1/contexts/acme/audit", params={"kind": "index"})
            assert audit.json()["events"] == []


async def test_a_context_that_is_gone_fails_its_job(tmp_path: Path) -> None:
    async with running(tmp_path) as app:
        await app.context()
        job_id = (await app.http.post(REINDEX)).json()["job_id"]
        assert (await app.http.delete("/api/v1/contexts/acme")).status_code == 204
        assert (await app.http.get(f"/api/v1/jobs/{job_id}")).status_code == 404
