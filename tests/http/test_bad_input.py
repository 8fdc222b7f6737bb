"""Bad input of every kind: a problem document with the right status, and nothing written."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.http.problem import problem_of, slug_of, written
from tests.support.app import App

CONTEXTS = "/api/v1/contexts"
NEW = f"{CONTEXTS}/new"
ACME = f"{CONTEXTS}/acme"
KEYS = f"{ACME}/keys"
MEGABYTE = "a" * 1024 * 1024
INJECTIONS = [
    "x'; REMOVE DATABASE prod; --",
    "`; DROP",
    "$id",
    "x; DEFINE USER a",
    "⟨x⟩",
    "type::record('a','b')",
    "/*",
]
BINDING = {"namespace": "new", "database": "prod"}


@pytest.fixture
async def unchanged(acme: App) -> AsyncIterator[App]:
    """A server with a Context and a key, in which the test must not change anything."""
    await acme.mint(name="app")
    before = await written(acme.server.engine)
    yield acme
    assert await written(acme.server.engine) == before


BODIES: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "A JSON body is needed"),
    "not JSON": (b"{", "not valid JSON"),
    "an array": (b"[]", "dictionary"),
    "a string": (b'"x"', "dictionary"),
    "null": (b"null", "dictionary"),
    "NaN": (b'{"namespace":"new","database":"prod","config":{"retention":[{"a":NaN}]}}', "NaN"),
    "a huge int": (b'{"namespace":"new","database":"prod","config":{"token_limit":' + b"9" * 400 + b"}}", "64 bits"),
    "half a surrogate": (
        b'{"namespace":"new","database":"prod","config":{"retention":[{"a":"\\ud800"}]}}',
        "surrogate",
    ),
    "a name twice": (b'{"namespace":"new","namespace":"other","database":"prod"}', "twice"),
    "deep": (b'{"config":' * 100_000 + b"1" + b"}" * 100_000, "nested deeper"),
    "a missing field": (b'{"namespace":"new"}', "database is missing"),
    "an unknown field": (b'{"namespace":"new","database":"prod","colour":"red"}', "colour is not a known field"),
    "a wrong type": (b'{"namespace":1,"database":"prod"}', "namespace"),
    "an array for an object": (b'{"namespace":"new","database":"prod","config":[]}', "config"),
    "null for a name": (b'{"namespace":null,"database":"prod"}', "namespace"),
}


async def test_bodies(unchanged: App) -> None:
    for body, reason in BODIES.values():
        answer = await unchanged.http.post(NEW, content=body, headers={"content-type": "application/json"})
        assert slug_of(answer) == "validation-error", body[:100]
        assert reason in problem_of(answer)["detail"]


async def test_content_types(unchanged: App) -> None:
    for content_type in (
        "", ";", "json", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
        "a" * 5000,
        "application/jsonp", "application/json; charset=latin-1", 'application/json;charset="UTF-16"',
    ):  # fmt: skip
        headers = {"content-type": content_type}
        answer = await unchanged.http.post(NEW, content=b'{"namespace":"n","database":"d"}', headers=headers)
        assert slug_of(answer) == "unsupported-media-type", content_type


@pytest.mark.parametrize(
    "content_type", ["application/json; charset=utf-8", "Application/JSON", "application/vnd.x+json"]
)
async def test_content_types_that_are_json(acme: App, content_type: str) -> None:
    answer = await acme.http.post(KEYS, content=b'{"name":"k"}', headers={"content-type": content_type})
    assert answer.status_code == 201


async def test_a_body_over_the_limit(unchanged: App) -> None:
    body = b'{"namespace":"' + b"a" * 5_000_000 + b'"}'

    async def pieces() -> AsyncIterator[bytes]:
        for begin in range(0, len(body), 65_536):
            yield body[begin : begin + 65_536]

    headers = {"content-type": "application/json"}
    for content in (body, pieces()):
        answer = await unchanged.http.post(NEW, content=content, headers=headers)
        assert slug_of(answer) == "payload-too-large"
    lying = await unchanged.http.post(NEW, content=pieces(), headers=headers | {"content-length": "10"})
    assert slug_of(lying) == "payload-too-large"


async def test_context_ids(unchanged: App) -> None:
    for context_id in (
        "A", "Acme", "a_b", "-a", "a-", "a" * 64, "a.b", "a b", "é", "😀", "%2e%2e", "%00", "a%00", "a%0a", "a%20",
        "%ff",
        "contexts", "control", "events", "health", "jobs", "lifecycle", "ready", *INJECTIONS[:4],
    ):  # fmt: skip
        url = f"{CONTEXTS}/{context_id}"
        assert slug_of(await unchanged.http.post(url, json=BINDING)) == "unprocessable", context_id
        assert slug_of(await unchanged.http.get(url)) == "context-not-found", context_id
        assert slug_of(await unchanged.http.patch(url, json={"config": {}})) == "context-not-found", context_id
        assert slug_of(await unchanged.http.delete(url)) == "context-not-found", context_id


async def test_slashes_in_ids_lead_nowhere(unchanged: App) -> None:
    for context_id in ("a%2Fb", "a/b", "%2F", "a%2f..%2fb"):
        answer = await unchanged.http.post(f"{CONTEXTS}/{context_id}", json=BINDING)
        assert slug_of(answer) == "not-found", context_id


async def test_bindings(unchanged: App) -> None:
    for namespace, database in (
        ("spectron", "prod"), ("Spectron", "x"), ("SPECTRON", "metadata"), ("", "prod"), ("new", ""), ("new", "1"),
        ("a/b", "c"), ("a" * 64, "b"), ("b", "a" * 64), ("new ", "prod"), ("né", "prod"), ("a.b", "c"),
        *((text, "prod") for text in INJECTIONS),
        *(("new", text) for text in INJECTIONS),
    ):  # fmt: skip
        answer = await unchanged.http.post(NEW, json={"namespace": namespace, "database": database})
        assert slug_of(answer) == "unprocessable", (namespace, database)


CONFIGS: list[tuple[Any, str]] = [
    ({"modles": {}}, "did you mean 'models'?"),
    ({"models": {"reflexion": "openai/gpt-4o"}}, "did you mean 'reflection'?"),
    ({"token_limits": 5}, "did you mean 'token_limit'?"),
    ({"rate_limit": {"requests_per_min": 5}}, "did you mean 'requests_per_minute'?"),
    ({"ingestion": {"chunksize": 5}}, "did you mean 'chunk_size'?"),
    ({"provider": {"openai": "x"}}, "did you mean 'providers'?"),
    ({"zzz": 1}, "known are"),
    ({"models": {"reflection": "gpt-4o"}}, "config.models.reflection"),
    ({"models": {"reflection": "OpenAI/gpt 4o"}}, "config.models.reflection"),
    ({"models": {"reflection": "openai/" + "a" * 200}}, "config.models.reflection"),
    ({"models": []}, "config.models"),
    ({"models": {"reflection": INJECTIONS[0]}}, "config.models.reflection"),
    ({"token_limit": -1}, "config.token_limit"),
    ({"token_limit": 1.5}, "config.token_limit"),
    ({"token_limit": "many"}, "config.token_limit"),
    ({"token_limit": True}, "config.token_limit"),
    ({"token_limit": {}}, "config.token_limit"),
    ({"extraction": {"stage1_threshold": 2}}, "config.extraction.stage1_threshold"),
    ({"extraction": {"stage1_threshold": "0.5"}}, "config.extraction.stage1_threshold"),
    ({"ingestion": {"chunk_size": 64, "chunk_overlap": 64}}, "config.ingestion.chunk_overlap"),
    ({"providers": []}, "config.providers"),
    ({"providers": "openai"}, "config.providers"),
    ({"providers": {"Open AI": "key"}}, "cannot name a provider"),
    ({"providers": {"a" * 65: "key"}}, "cannot name a provider"),
    ({"providers": {"openai": ""}}, "config.providers.openai"),
    ({"providers": {"openai": 5}}, "config.providers.openai"),
    ({"providers": {"openai": "two\nlines"}}, "config.providers.openai"),
    ({"providers": {"openai": MEGABYTE}}, "config.providers.openai"),
    ({"providers": {"openai": {"key": "x"}}}, "config.providers.openai"),
    ({MEGABYTE: 1}, "not a known key"),
    ({"models": {MEGABYTE: 1}}, "not a known key"),
    ({"models": {"reflection": MEGABYTE}}, "config.models.reflection"),
]


async def test_configurations(unchanged: App) -> None:
    for config, reason in CONFIGS:
        for answer in (
            await unchanged.http.post(NEW, json={**BINDING, "config": config}),
            await unchanged.http.patch(ACME, json={"config": config}),
        ):
            assert slug_of(answer) == "validation-error", str(config)[:100]
            assert reason in problem_of(answer)["detail"]
            assert "two\\nlines" not in answer.text


NEW_KEYS: list[tuple[dict[str, Any], str]] = [
    ({}, "validation-error"),
    ({"name": ""}, "validation-error"),
    ({"name": MEGABYTE}, "validation-error"),
    *(({"name": text}, "validation-error") for text in INJECTIONS),
    ({"name": "a\nb"}, "validation-error"),
    ({"name": 5}, "validation-error"),
    ({"name": "k", "principal": "management"}, "validation-error"),
    ({"name": "k", "principal": "root"}, "validation-error"),
    ({"name": "k", "scope_floor": "org"}, "validation-error"),
    ({"name": "k", "scope_floor": "org=acme,user=bo"}, "validation-error"),
    ({"name": "k", "scope_floor": {"org": []}}, "validation-error"),
    ({"name": "k", "scope_floor": {"org": None}}, "validation-error"),
    ({"name": "k", "scope_floor": {"org": {"a": "b"}}}, "validation-error"),
    ({"name": "k", "scope_floor": [["org=acme"]]}, "validation-error"),
    ({"name": "k", "scope_floor": 5}, "validation-error"),
    ({"name": "k", "scope_floor": {"org": MEGABYTE}}, "validation-error"),
    ({"name": "k", "scope_floor": {MEGABYTE: "acme"}}, "validation-error"),
    ({"name": "k", "scope_floor": {"org": "a\nb"}}, "validation-error"),
    ({"name": "k", "scope_floor": {"or g": "a"}}, "validation-error"),
    ({"name": "k", "scope_floor": [f"k{n}=v" for n in range(100)]}, "validation-error"),
    ({"name": "k", "expires_at": "tomorrow"}, "validation-error"),
    ({"name": "k", "expires_at": "2030-01-01"}, "validation-error"),
    ({"name": "k", "expires_at": "2030-01-01T00:00:00"}, "validation-error"),
    ({"name": "k", "expires_at": 1893456000}, "validation-error"),
    ({"name": "k", "expires_at": "1893456000"}, "validation-error"),
    ({"name": "k", "expires_at": "9999-12-31T23:59:59-23:59"}, "validation-error"),
    ({"name": "k", "expires_at": "0001-01-01T00:00:00+23:59"}, "validation-error"),
    ({"name": "k", "expires_at": "2025-12-31T23:59:59Z"}, "unprocessable"),
    ({"name": "app"}, "conflict"),
]


async def test_new_keys(unchanged: App) -> None:
    for body, slug in NEW_KEYS:
        assert slug_of(await unchanged.http.post(KEYS, json=body)) == slug, str(body)[:100]


async def test_the_last_moment_that_can_be_kept(acme: App) -> None:
    await acme.mint(name="far", expires_at="9999-12-31T23:59:59.999999Z")
    (key,) = (await acme.http.get(KEYS)).json()["keys"]
    assert key["expires_at"] == "9999-12-31T23:59:59.999999Z"


async def test_key_ids(unchanged: App) -> None:
    for key_id in ("%00", "%2e%2e", "'", "a" * 3000, "%ff", "acme", *INJECTIONS[:4], "a b"):
        for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/rotate"), ("POST", "/revoke")):
            answer = await unchanged.http.request(method, f"{KEYS}/{key_id}{path}")
            assert slug_of(answer) == "not-found", key_id


async def test_queries(unchanged: App) -> None:
    for path, queries in {
        CONTEXTS: (
            "limit=0", "limit=-1", "limit=abc", "limit=1e3", "limit=501", "limit=", "limit=1.5", f"limit={'9' * 400}",
            "curser=a", "limit=5&bogus",
        ),
        ACME: ("dry_run=true",),
        f"{ACME}/audit": (
            "limit=0", "since=abc", "since=2026-01-01", "since=5", "since=1e400",
            "until=9999-12-31T23:59:59-23:59", "kinds=denial",
        ),
    }.items():  # fmt: skip
        for query in queries:
            assert slug_of(await unchanged.http.get(f"{path}?{query}")) == "validation-error", query


async def test_a_mistyped_dry_run_deletes_nothing(unchanged: App) -> None:
    for query in ("dryRun=true", "dry-run=true", "dry_run=maybe", "dry_run=", "DRY_RUN=1", "dry_run=true&x=1"):
        assert slug_of(await unchanged.http.delete(f"{ACME}?{query}")) == "validation-error", query


async def test_unknown_paths(unchanged: App) -> None:
    for path in (
        "/", "/api", "/api/v1", "/api/v2/contexts", f"{CONTEXTS}/", f"{ACME}/", f"{ACME}/nothing", "//", "/api/v1/%00",
        "/%ff",
    ):  # fmt: skip
        for method in ("GET", "POST", "DELETE"):
            assert slug_of(await unchanged.http.request(method, path)) == "not-found", path


async def test_wrong_methods(unchanged: App) -> None:
    methods = {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "WHATEVER"}
    for path, allowed in {
        CONTEXTS: "GET",
        ACME: "DELETE, GET, PATCH, POST",
        KEYS: "GET, POST",
        f"{KEYS}/x": "DELETE, GET",
        f"{KEYS}/x/rotate": "POST",
        f"{ACME}/audit": "GET",
        "/api/v1/health": "GET",
    }.items():
        for method in methods - set(allowed.split(", ")):
            answer = await unchanged.http.request(method, path)
            assert slug_of(answer) == "method-not-allowed", (method, path)
            assert answer.headers["allow"] == allowed
        assert (await unchanged.http.head(path)).status_code == 405


async def test_idempotency_keys(unchanged: App) -> None:
    for text in ("", "x" * 256, "x" * 100_000):
        answer = await unchanged.http.post(KEYS, json={"name": "k"}, headers={"idempotency-key": text})
        assert slug_of(answer) == "validation-error"
