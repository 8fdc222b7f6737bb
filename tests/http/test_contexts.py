"""The registry of Contexts over HTTP: created, listed, inspected, changed, deleted."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from server.store.binding import METADATA
from server.store.embedded import EmbeddedEngine
from tests.http.problem import slug_of
from tests.support.app import App, running
from tests.support.clock import FakeClock
from tests.support.engines import WatchedEngine

CONTEXTS = "/api/v1/contexts"
ACME = f"{CONTEXTS}/acme"


async def patched(app: App, config: Any) -> dict[str, Any]:
    answer = await app.http.patch(ACME, json={"config": config})
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


async def test_a_new_context_is_shown_as_it_is(app: App) -> None:
    config = {"token_limit": 1000, "models": {"reflection": "openai/gpt-4o"}, "providers": {"openai": "sk-plain"}}
    answer = await app.http.post(ACME, json={"namespace": "acme", "database": "prod", "config": config})
    created = answer.json()
    assert answer.status_code == 201
    assert created == (await app.http.get(ACME)).json()
    assert (created["id"], created["namespace"], created["database"]) == ("acme", "acme", "prod")
    assert (created["state"], created["reason"]) == ("active", None)
    assert created["config"]["token_limit"] == 1000
    assert created["config"]["models"]["reflection"] == "openai/gpt-4o"
    assert created["config"]["models"]["extraction"] == "local/heuristic"
    assert created["providers_configured"] == ["openai"]
    assert created["schema"]["version"] >= 1
    assert "sk-plain" not in answer.text
    assert "providers" not in created["config"]


async def test_two_contexts_may_share_a_namespace_but_no_database(app: App) -> None:
    for name, database in (("one", "a"), ("two", "b")):
        assert (
            await app.http.post(f"{CONTEXTS}/{name}", json={"namespace": "x", "database": database})
        ).status_code == 201
    taken = await app.http.post(f"{CONTEXTS}/three", json={"namespace": "x", "database": "a"})
    assert slug_of(taken) == "conflict"
    assert "x/a" in taken.json()["detail"]
    assert slug_of(await app.http.post(f"{CONTEXTS}/one", json={"namespace": "y", "database": "a"})) == "conflict"


async def test_the_list_is_read_page_by_page(app: App) -> None:
    names = [f"c{number:02}" for number in range(7)]
    for name in reversed(names):
        await app.context(name)
    found, cursor = [], ""
    while True:
        page = (await app.http.get(CONTEXTS, params={"limit": 3, "cursor": cursor})).json()
        found += [context["id"] for context in page["contexts"]]
        assert page["has_more"] is (page["next_cursor"] is not None)
        if not page["has_more"]:
            break
        cursor = page["next_cursor"]
    assert found == names
    assert (await app.http.get(CONTEXTS)).json()["has_more"] is False
    exact = (await app.http.get(CONTEXTS, params={"limit": 7})).json()
    assert (len(exact["contexts"]), exact["has_more"], exact["next_cursor"]) == (7, False, None)
    assert (await app.http.get(CONTEXTS, params={"cursor": "zzz"})).json()["contexts"] == []


async def test_a_patch_merges_deeply_and_null_removes(acme: App) -> None:
    await patched(acme, {"models": {"reflection": "a/b", "response": "a/c"}, "token_limit": 5})
    shown = await patched(acme, {"models": {"reflection": None, "background": "a/d"}})
    assert shown["config"]["models"] | {} == {
        **shown["config"]["models"],
        "reflection": "local/extractive",
        "response": "a/c",
        "background": "a/d",
    }
    assert shown["config"]["token_limit"] == 5
    shown = await patched(acme, {"models": None, "token_limit": None})
    assert shown["config"]["models"]["response"] == "local/extractive"
    assert shown["config"]["token_limit"] is None
    assert set(shown["sources"].values()) == {"default"}
    assert (await patched(acme, {}))["config"] == shown["config"]


async def test_each_value_says_where_it_comes_from(tmp_path: Path) -> None:
    defaults = {"token_limit": 7, "models": {"response": "server/model"}, "cache": {"semantic_ttl_seconds": 5}}
    async with running(tmp_path, defaults=defaults) as app:
        await app.context(config={"models": {"response": "mine/model"}, "retention_days": 3})
        shown = (await app.http.get(ACME)).json()
        assert shown["config"]["models"]["response"] == "mine/model"
        assert {
            name: shown["sources"][name]
            for name in ("models.response", "token_limit", "retention_days", "models.embedding")
        } == {
            "models.response": "context",
            "token_limit": "server",
            "retention_days": "context",
            "models.embedding": "default",
        }
        shown = await patched(app, {"models": {"response": None}, "token_limit": 9})
        assert (shown["config"]["models"]["response"], shown["sources"]["models.response"]) == (
            "server/model",
            "server",
        )
        assert (shown["config"]["token_limit"], shown["sources"]["token_limit"]) == (9, "context")


async def test_an_override_must_fit_the_defaults_of_the_server(tmp_path: Path) -> None:
    async with running(tmp_path, defaults={"ingestion": {"chunk_size": 100, "chunk_overlap": 10}}) as app:
        body = {"namespace": "n", "database": "d", "config": {"ingestion": {"chunk_overlap": 200}}}
        assert slug_of(await app.http.post(f"{CONTEXTS}/new", json=body)) == "validation-error"
        await app.context(config={"ingestion": {"chunk_size": 64}})
        answer = await app.http.patch(ACME, json={"config": {"ingestion": {"chunk_overlap": 200}}})
        assert slug_of(answer) == "validation-error"
        assert [context["id"] for context in (await app.http.get(CONTEXTS)).json()["contexts"]] == ["acme"]


async def test_concurrent_patches_all_take_effect(acme: App) -> None:
    await asyncio.gather(*(patched(acme, {"providers": {f"p{number}": "key"}}) for number in range(20)))
    fields = {
        "token_limit": 1,
        "retention_days": 2,
        "models": {"response": "a/b"},
        "cache": {"semantic_ttl_seconds": 3},
    }
    await asyncio.gather(*(patched(acme, {name: value}) for name, value in fields.items()))
    shown = (await acme.http.get(ACME)).json()
    assert len(shown["providers_configured"]) == 20
    assert {name for name, source in shown["sources"].items() if source == "context"} == {
        *("token_limit", "retention_days", "models.response", "cache.semantic_ttl_seconds"),
    }


async def test_concurrent_patches_in_two_processes_all_take_effect(
    tmp_path: Path, clock: FakeClock, watched: WatchedEngine
) -> None:
    async with running(tmp_path, clock=clock, engine=watched) as here:
        await here.context()
        async with running(tmp_path, clock=clock, engine=watched, key=here.key) as there:
            names = ("extraction", "extraction_strong", "query_understanding", "response", "reflection", "background")
            apps = (here, there)
            await asyncio.gather(
                *(patched(apps[number % 2], {"models": {name: "a/b"}}) for number, name in enumerate(names))
            )
            models = (await there.http.get(ACME)).json()["config"]["models"]
        assert [models[name] for name in names] == ["a/b"] * len(names)


async def test_a_patch_is_in_force_for_the_next_request(acme: App) -> None:
    caller = await acme.agent()
    await patched(acme, {"rate_limit": {"requests_per_minute": 1}})
    answers = [await caller.get("/api/v1/acme/sessions") for _ in range(2)]
    assert slug_of(answers[1]) == "rate-limited"
    assert int(answers[1].headers["retry-after"]) == 60
    await patched(acme, {"rate_limit": None})
    assert (await caller.get("/api/v1/acme/sessions")).status_code == 200


async def test_provider_keys_are_set_replaced_and_removed_but_never_shown(acme: App) -> None:
    registry = acme.server.control.contexts.registry
    assert (await patched(acme, {"providers": {"openai": "one", "my-vllm": "two"}}))["providers_configured"] == [
        "my-vllm",
        "openai",
    ]
    await patched(acme, {"providers": {"openai": "three"}})
    assert await registry.provider_key("acme", "openai") == "three"
    assert await registry.provider_key("acme", "my-vllm") == "two"
    assert (await patched(acme, {"providers": {"openai": None}}))["providers_configured"] == ["my-vllm"]
    assert await registry.provider_key("acme", "openai") is None
    await patched(acme, {"providers": {"openai": "four"}})
    assert (await patched(acme, {"providers": None}))["providers_configured"] == []


async def test_provider_keys_are_nowhere_in_plain(tmp_path: Path, clock: FakeClock, logged: Any) -> None:
    secret = "sk-proj-4fQz7LkPv2WcX9bN3mTd"
    headers = {"idempotency-key": "one"}
    body = {"namespace": "acme", "database": "prod", "config": {"providers": {"openai": secret}}}
    async with running(tmp_path, clock=clock, database_url="embedded") as app:
        created = await app.http.post(ACME, json=body, headers=headers)
        changed = await app.http.patch(
            ACME, json={"config": {"providers": {"other": secret}}}, headers={"idempotency-key": "two"}
        )
        wrong = await app.http.patch(ACME, json={"config": {"providers": {"bad name": secret}}})
        twisted = await app.http.patch(ACME, json={"config": {"models": {"response": secret}}})
        minted = (await app.http.post(f"{ACME}/keys", json={"name": "k"}, headers={"idempotency-key": "three"})).json()
        audit = await app.http.get(f"{ACME}/audit")
        shown = await app.http.get(ACME)
        rows = await app.server.engine.read(METADATA, "SELECT * FROM idempotency; SELECT * FROM provider_secret")
        (info,) = await app.server.engine.read(METADATA, "INFO FOR DB")
        dump = await app.server.engine.read(
            METADATA, "; ".join(f"<string>(SELECT * FROM {table})" for table in info["tables"])
        )
        assert await app.server.control.contexts.registry.provider_key("acme", "openai") == secret
        key = app.key
    files = contents(tmp_path)
    assert len(files) > 10_000
    for hidden in (secret, minted["secret"].rsplit("-", 1)[1], key.rsplit("-", 1)[1]):
        assert hidden.encode() not in files
        assert hidden not in logged.getvalue()
        assert hidden not in repr(rows)
        assert hidden not in "".join(dump)
        assert not [answer for answer in (created, changed, wrong, twisted, audit, shown) if hidden in answer.text]
    assert len(rows[0]) == 3
    assert "provider_secret" in "".join(dump)


async def test_a_dry_run_says_what_would_go_and_takes_nothing(acme: App) -> None:
    await acme.mint()
    answer = await acme.http.delete(f"{ACME}?dry_run=true")
    removal = answer.json()
    assert answer.status_code == 200
    assert (removal["dry_run"], removal["context"], removal["keys"]) == (True, "acme", 1)
    assert (removal["namespace"], removal["database"]) == ("acme", "prod")
    assert removal["tables"]["document"] == 0
    assert (await acme.http.get(ACME)).status_code == 200


async def test_deleting_takes_the_database_the_keys_and_the_row_but_not_the_namespace(acme: App) -> None:
    await acme.context("other")
    minted = await acme.mint()
    await patched(acme, {"providers": {"openai": "key"}})
    answer = await acme.http.delete(ACME)
    assert (answer.status_code, answer.content) == (204, b"")
    engine = acme.server.engine
    (root,) = await engine.execute(None, "INFO FOR ROOT")
    assert "acme" in root["namespaces"]
    assert await engine.databases("acme") == set()
    assert await engine.databases("other") == {"prod"}
    left = await engine.read(METADATA, "SELECT id FROM context; SELECT id FROM api_key; SELECT id FROM provider_secret")
    assert [len(rows) for rows in left] == [1, 0, 0]
    assert slug_of(await acme.http.get(ACME)) == "context-not-found"
    assert slug_of(await acme.http.delete(ACME)) == "context-not-found"
    assert slug_of(await (await acme.client(minted["secret"])).get(f"{ACME}/keys")) == "unauthorized"
    await acme.context()
    assert (await acme.http.get(f"{ACME}/keys")).json() == {"keys": []}
    assert (await acme.http.get(ACME)).json()["providers_configured"] == []


async def test_usage_and_statistics(acme: App, clock: FakeClock) -> None:
    usage = (await acme.http.get(f"{ACME}/usage")).json()
    assert usage == {
        "context_id": "acme",
        "period": "2026-01",
        "token_limit": None,
        "tokens_used": 0,
        "percent": None,
        "resets_at": "2026-02-01T00:00:00Z",
    }
    clock.advance(340 * 86_400)
    assert (await acme.http.get(f"{ACME}/usage")).json()["resets_at"] == "2027-01-01T00:00:00Z"
    stats = (await acme.http.get(f"{ACME}/stats")).json()
    assert {"document", "turn", "entity"} <= set(stats["tables"])
    assert "_migrations" not in stats["tables"]


async def test_tables_that_somebody_else_made_are_counted_whatever_they_are_called(
    acme: App,
) -> None:
    async with acme.server.control.contexts.opened("acme") as opened:
        await opened.database.write(
            "DEFINE TABLE `odd name; REMOVE TABLE turn`; CREATE `odd name; REMOVE TABLE turn`:1;"
        )
    stats = (await acme.http.get(f"{ACME}/stats")).json()
    assert stats["tables"]["odd name; REMOVE TABLE turn"] == 1
    assert stats["tables"]["turn"] == 0


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
async def test_a_context_that_is_being_deleted_cannot_be_changed(acme: App, method: str) -> None:
    await acme.server.engine.write(METADATA, "UPDATE context SET state = 'deleting'")
    body: dict[str, Any] | None = {"config": {}} if method == "PATCH" else None
    answer = await acme.http.request(method, ACME, json=body)
    assert answer.json()["state"] == "deleting" if method == "GET" else slug_of(answer) == "context-not-found"
    assert slug_of(await acme.http.get(f"{ACME}/keys")) == "context-not-found"


async def test_administration_is_in_the_audit_by_name_and_not_by_value(acme: App, clock: FakeClock) -> None:
    clock.advance(1)
    await patched(acme, {"token_limit": 12345, "providers": {"openai": "sk-plain"}, "models": {"response": "a/b"}})
    answer = await acme.http.get(f"{ACME}/audit")
    changed, created = answer.json()["events"]
    assert (created["action"], created["detail"]) == ("context.create", {"binding": "acme/prod"})
    assert (changed["kind"], changed["action"]) == ("config", "context.update")
    assert changed["detail"] == {"keys": ["models.response", "providers.openai", "token_limit"]}
    assert "12345" not in answer.text
    await acme.http.delete(ACME)
    await acme.context()
    again = (await acme.http.get(f"{ACME}/audit?kind=context")).json()["events"]
    assert {event["action"] for event in again} == {"context.create", "context.delete"}


async def test_embedded_files_are_for_their_owner_alone(tmp_path: Path, clock: FakeClock) -> None:
    engine = EmbeddedEngine(tmp_path / "store", clock)
    async with engine:
        await engine.ping()
    assert (tmp_path / "store").stat().st_mode & 0o077 == 0


def contents(folder: Path) -> bytes:
    """All bytes of all files."""
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
