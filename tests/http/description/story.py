"""A deployment that uses every route once."""

from pathlib import Path

import httpx

from tests.http.description.recorder import Recorder
from tests.support.app import App, running

ROOT = "/api/v1"
ACME = f"{ROOT}/contexts/acme"
DATA = f"{ROOT}/acme"
ALICE = {"org": "acme", "user": "alice"}
POLICIES = [{"scope": {"org": "acme"}, "memory_category": "context", "ttl": "90d"}]
HANDBOOK = "# Handbook\n\nThe office in Lisbon opens at nine.\n\n## Travel\n\nTravel is booked a week ahead.\n"
DUMP = {"Content-Type": "application/surrealql"}
PROVIDER = {"models": {"response": "local/extractive"}}


async def told(folder: Path) -> Recorder:
    """Everything that was said and answered."""
    recorder = Recorder()
    async with running(folder, works=True) as app:
        await _contexts(recorder, app)
        await _documents(recorder, app.http)
        await _memory(recorder, app.http)
        await _beliefs(recorder, app.http)
        await _answers(recorder, app.http)
        await _access(recorder, app.http)
        await _retention(recorder, app.http)
        dump = await _dumps(recorder, app.http)
        await _endings(recorder, app.http)
    await _on_an_empty_deployment(recorder, folder / "empty", dump)
    return recorder


async def _contexts(recorder: Recorder, app: App) -> None:
    http = app.http
    for path in ("health", "ready"):
        await recorder.send(http, "GET", f"{ROOT}/{path}")
    place = {"namespace": "acme", "database": "prod", "config": {"token_limit": 1_000_000}}
    await recorder.send(http, "POST", ACME, json=place)
    await recorder.send(http, "PATCH", ACME, json={"config": PROVIDER})
    for path in ("", "/usage", "/stats", "/audit"):
        await recorder.send(http, "GET", ACME + path)
    await recorder.send(http, "GET", f"{ROOT}/contexts")
    minted = await recorder.send(http, "POST", f"{ACME}/keys", json={"name": "app", "scope_floor": {"org": "acme"}})
    key = f"{ACME}/keys/{minted['id']}"
    await recorder.send(http, "GET", f"{ACME}/keys")
    await recorder.send(http, "GET", key)
    rotated = await recorder.send(http, "POST", f"{key}/rotate")
    await recorder.send(http, "POST", f"{ACME}/keys/{rotated['id']}/revoke")


async def _documents(recorder: Recorder, http: httpx.AsyncClient) -> None:
    files = {"file": ("handbook.md", HANDBOOK.encode(), "text/markdown")}
    uploaded = await recorder.send(http, "POST", f"{DATA}/documents", files=files, data={"scope": '{"org": "acme"}'})
    path = f"{DATA}/documents/{uploaded['id']}"
    while (await http.get(path)).json()["status"] != "ready":
        pass
    for end in ("", "/chunks", "/keywords"):
        await recorder.send(http, "GET", path + end)
    await recorder.send(http, "GET", f"{DATA}/documents")
    listed = await recorder.send(http, "GET", f"{DATA}/documents/keywords")
    await recorder.send(http, "GET", f"{DATA}/documents/keywords/{listed['keywords'][0]['normalised']}")
    await recorder.send(http, "POST", f"{DATA}/documents/keywords/search", json={"query": "working hours"})
    await recorder.send(http, "POST", f"{DATA}/documents/query", json={"query": "When does the office open?"})
    await recorder.send(http, "PUT", path)
    while (await http.get(path)).json()["status"] != "ready":
        pass


async def _memory(recorder: Recorder, http: httpx.AsyncClient) -> None:
    session = await recorder.send(http, "POST", f"{DATA}/sessions", json={"scope": ALICE})
    path = f"{DATA}/sessions/{session['id']}"
    said = {"role": "user", "content": "I live in Lisbon and I work at Acme."}
    await recorder.send(http, "POST", f"{path}/turns", json=said)
    for end in ("", "/turns", "/context"):
        await recorder.send(http, "GET", path + end)
    await recorder.send(http, "POST", f"{path}/context", json={"query": "Where does alice live?", "max_tokens": 500})
    await recorder.send(http, "GET", f"{DATA}/sessions")
    await recorder.send(http, "POST", f"{DATA}/facts", json={"text": "I moved to Porto.", "scope": ALICE})
    messages = [{"role": "user", "content": f"I like {hobby}."} for hobby in ("chess", "hiking", "sailing")]
    await recorder.send(http, "POST", f"{DATA}/facts/batch", json={"messages": messages, "scope": ALICE})


async def _beliefs(recorder: Recorder, http: httpx.AsyncClient) -> None:
    await recorder.send(http, "GET", f"{DATA}/state?scope=org/acme/user/alice")
    await recorder.send(http, "POST", f"{DATA}/state", json={"scope": ALICE})
    await recorder.send(http, "GET", f"{DATA}/state/diff?since=2020-01-01T00:00:00Z")
    await recorder.send(http, "GET", f"{DATA}/profile?scope=org/acme/user/alice")
    await recorder.send(http, "GET", f"{DATA}/entities")
    alice = f"{DATA}/entities/Person/alice"
    await recorder.send(http, "GET", alice)
    await recorder.send(http, "GET", f"{alice}/history/location")
    await recorder.send(http, "GET", f"{DATA}/inspect?ref=entity:Person/alice")
    await recorder.send(http, "POST", f"{DATA}/consolidate", json={"dry_run": True})
    await recorder.send(http, "POST", f"{DATA}/elaborate", json={"dry_run": True})
    await recorder.send(http, "POST", f"{DATA}/fsck", json={})
    await recorder.send(http, "POST", f"{DATA}/documents/recompute-links")


async def _answers(recorder: Recorder, http: httpx.AsyncClient) -> None:
    asked = {"query": "Where does alice live?", "scope": ALICE}
    recalled = await recorder.send(http, "POST", f"{DATA}/query", json=asked)
    await recorder.send(http, "POST", f"{DATA}/context", json=asked)
    await recorder.send(http, "POST", f"{DATA}/chat", json={"message": "Where do I live?", "scope": ALICE})
    await recorder.send(http, "POST", f"{DATA}/reflect", json=asked)
    await recorder.send(http, "GET", f"{DATA}/traces")
    await recorder.send(http, "GET", f"{DATA}/traces/stats")
    await recorder.send(http, "GET", f"{DATA}/traces/{recalled['trace_id']}")


async def _access(recorder: Recorder, http: httpx.AsyncClient) -> None:
    await recorder.send(http, "GET", f"{DATA}/me")
    minted = await recorder.send(
        http, "POST", f"{DATA}/keys", json={"name": "bot", "grants": {"memory:read": ["org/acme"]}}
    )
    await recorder.send(http, "GET", f"{DATA}/keys")
    await recorder.send(http, "GET", f"{DATA}/principals")
    one = f"{DATA}/principals/{minted['id']}"
    for end in ("", "/grants", "/effective?path=org/acme"):
        await recorder.send(http, "GET", one + end)
    grant = {"verbs": ["keys:mint", "reflect:persist"], "path": "org/acme"}
    await recorder.send(http, "POST", f"{one}/grants", json=grant)
    await recorder.send(http, "DELETE", f"{one}/grants", json=grant)
    await recorder.send(http, "POST", f"{DATA}/keys/bot/rotate")
    await recorder.send(http, "DELETE", f"{DATA}/keys/bot")
    await recorder.send(http, "GET", f"{DATA}/audit")


async def _retention(recorder: Recorder, http: httpx.AsyncClient) -> None:
    await recorder.send(http, "PUT", f"{ACME}/retention", json={"policies": POLICIES})
    await recorder.send(http, "GET", f"{ACME}/retention")
    await recorder.send(http, "POST", f"{ACME}/retention/preview", json={"policies": POLICIES})
    await recorder.send(http, "POST", f"{ACME}/lifecycle/decay")
    await recorder.send(http, "POST", f"{ACME}/reindex")
    await recorder.send(http, "POST", f"{ROOT}/lifecycle/expire")
    await recorder.send(http, "GET", f"{ROOT}/lifecycle/sweeps")
    await recorder.send(http, "POST", f"{DATA}/lifecycle/expire")
    await recorder.send(http, "POST", f"{DATA}/lifecycle/decay")


async def _dumps(recorder: Recorder, http: httpx.AsyncClient) -> bytes:
    """The dump of the control plane."""
    dump = await http.get(f"{ACME}/export")
    await recorder.send(http, "GET", f"{ACME}/digest")
    await recorder.send(http, "GET", f"{ROOT}/control/digest")
    await http.post(f"{ROOT}/contexts/copy", json={"namespace": "acme", "database": "copy"})
    await recorder.send(http, "POST", f"{ROOT}/contexts/copy/import", content=dump.content, headers=DUMP)
    twin = {"of": "acme", "namespace": "acme", "database": "twin"}
    await recorder.send(http, "POST", f"{ROOT}/contexts/twin/copy", json=twin)
    place = {"namespace": "acme", "database": "again", "source": "20260101T000000Z-4f2a1c"}
    parts = [("dump", ("acme", dump.content, "application/surrealql"))]
    await recorder.send(http, "POST", f"{ROOT}/contexts/again/restore", params=place, files=parts)
    return (await http.get(f"{ROOT}/control/export")).content


async def _endings(recorder: Recorder, http: httpx.AsyncClient) -> None:
    place = {"path": "org/acme/team/blue", "display_name": "Blue"}
    await recorder.send(http, "POST", f"{DATA}/scopes", json=place)
    await recorder.send(http, "GET", f"{DATA}/scopes")
    await recorder.send(http, "POST", f"{DATA}/forget", json={"query": "chess", "scope": ALICE, "dry_run": True})
    forgotten = await http.post(f"{DATA}/forget", json={"query": "chess", "scope": ALICE})
    await recorder.send(http, "POST", f"{ACME}/audit/{forgotten.json()['audit_id']}/reinstate")
    alice = f"{ACME}/entities/Person/alice"
    await http.delete(alice)
    await recorder.send(http, "POST", f"{alice}/reinstate")
    await recorder.send(http, "POST", f"{DATA}/scopes/forget", json={"path": "org/acme/user/alice", "dry_run": True})
    listed = await http.get(f"{DATA}/documents")
    await recorder.send(http, "DELETE", f"{DATA}/documents/{listed.json()['documents'][0]['id']}")
    await recorder.send(http, "DELETE", f"{ACME}?dry_run=true")


async def _on_an_empty_deployment(recorder: Recorder, folder: Path, dump: bytes) -> None:
    """What takes a deployment without Contexts, or one whose jobs wait."""
    async with running(folder) as app:
        await recorder.send(app.http, "POST", f"{ROOT}/control/import", content=dump, headers=DUMP)
    async with running(folder) as app:
        await app.context()
        files = {"file": ("handbook.md", HANDBOOK.encode(), "text/markdown")}
        await app.http.post(f"{DATA}/documents", files=files, data={"scope": '{"org": "acme"}'})
        listed = await recorder.send(app.http, "GET", f"{ROOT}/jobs")
        job = f"{ROOT}/jobs/{listed['jobs'][0]['id']}"
        await recorder.send(app.http, "GET", job)
        await recorder.send(app.http, "DELETE", job)
        await recorder.send(app.http, "POST", f"{job}/retry")
