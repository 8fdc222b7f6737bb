"""Every kind of problem can be met, looks the same, and is announced."""

import io
import json
from pathlib import Path

import httpx

from server.http.problems import MEDIA_TYPE, STATUS, TYPE_PREFIX
from tests.http.problem import problem_of, slug_of
from tests.support.app import App, running
from tests.support.clock import FakeClock
from tests.support.engines import WatchedEngine

CONTEXTS = "/api/v1/contexts"
ACME = f"{CONTEXTS}/acme"


async def refusals(app: App) -> list[httpx.Response]:
    """One answer of each kind that a client can bring about."""
    agent = await app.agent()
    anonymous = await app.client()
    for _ in range(61):
        last = await anonymous.get(ACME, headers={"API-KEY": f"mgmt-unknown-{_:020}"})
    return [
        await app.http.post(ACME, content=b"{", headers={"content-type": "application/json"}),
        await anonymous.get(ACME),
        await agent.get(ACME),
        await app.http.get("/nowhere"),
        await app.http.get(f"{CONTEXTS}/nobody"),
        await app.http.put(ACME),
        await app.http.post(ACME, json={"namespace": "acme", "database": "prod"}),
        await app.http.post(ACME, content=b"[" * 5_000_000, headers={"content-type": "application/json"}),
        await app.http.post(ACME, content=b"x", headers={"content-type": "text/plain"}),
        await app.http.post(f"{CONTEXTS}/new", json={"namespace": "spectron", "database": "x"}),
        last,
    ]


async def test_every_kind_of_problem_can_be_met(acme: App) -> None:
    met = {slug_of(answer) for answer in await refusals(acme)}
    assert met == {
        *("validation-error", "unauthorized", "forbidden", "not-found", "context-not-found", "method-not-allowed"),
        *("conflict", "payload-too-large", "unsupported-media-type", "unprocessable", "rate-limited"),
    }


async def test_a_database_that_is_away(tmp_path: Path, clock: FakeClock, watched: WatchedEngine) -> None:
    async with running(tmp_path, clock=clock, engine=watched) as app:
        watched.fail(1, calls=1000)
        assert slug_of(await app.http.get(CONTEXTS)) == "unavailable"
        watched.heal()
        assert (await app.http.get(CONTEXTS)).status_code == 200


async def test_a_server_that_is_not_ready_yet(acme: App) -> None:
    acme.server._started = False
    answer = await acme.http.get(ACME)
    assert slug_of(answer) == "unavailable"
    assert (await acme.http.get("/api/v1/health")).status_code == 200
    assert (await acme.http.get("/api/v1/ready")).status_code == 503
    acme.server._started = True


async def test_a_mistake_of_our_own_says_nothing_but_its_request_id(
    tmp_path: Path, clock: FakeClock, watched: WatchedEngine, logged: io.StringIO
) -> None:
    async with running(tmp_path, clock=clock, engine=watched) as app:

        async def break_down(_: str) -> None:
            raise RuntimeError("the secret is hunter2")

        watched.intercept = break_down
        answer = await app.http.get(CONTEXTS)
        watched.intercept = None
    assert slug_of(answer) == "internal-error"
    assert "hunter2" not in answer.text
    (line,) = [line for line in map(json.loads, logged.getvalue().splitlines()) if line["event"] == "request.failed"]
    assert line["request_id"] == answer.json()["request_id"]
    assert "RuntimeError: the secret is hunter2" in line["exception"]


async def test_an_unauthorized_answer_says_how_to_authorize(acme: App) -> None:
    anonymous = await acme.client()
    answer = await anonymous.get(ACME)
    assert answer.headers["www-authenticate"] == "Bearer"
    assert "API-KEY" in problem_of(answer)["detail"]


async def test_the_instance_is_the_path_and_holds_no_query(acme: App) -> None:
    problem = problem_of(await acme.http.get(f"{CONTEXTS}/nobody/usage?key={acme.key}"))
    assert problem["instance"] == f"{CONTEXTS}/nobody/usage"
    assert acme.key not in json.dumps(problem)


async def test_the_description_announces_every_problem_and_every_route(acme: App) -> None:
    document = (await (await acme.client()).get("/api/openapi.json")).json()
    guarded = {path: methods for path, methods in document["paths"].items() if path not in OPEN}
    assert set(document["paths"]) - set(guarded) == OPEN
    assert {path for path in guarded if path.startswith(CONTEXTS)} >= CONTROL_PLANE
    problem = document["components"]["schemas"]["Problem"]
    assert problem["properties"]["type"]["enum"] == [TYPE_PREFIX + slug for slug in STATUS]
    for response in document["components"]["responses"].values():
        example = response["content"][MEDIA_TYPE]["example"]
        assert STATUS[example["type"].removeprefix(TYPE_PREFIX)] == example["status"]
    for methods in guarded.values():
        for operation in methods.values():
            assert operation["summary"]
            assert operation["description"]
            assert {"400", "401", "403", "404", "429", "500", "503"} <= set(operation["responses"])
            assert {frozenset(one) for one in operation["security"]} == {
                frozenset({"APIKeyHeader"}),
                frozenset({"HTTPBearer"}),
            }


async def test_the_documentation_page_is_served(acme: App) -> None:
    answer = await (await acme.client()).get("/docs")
    assert answer.status_code == 200
    assert "/api/openapi.json" in answer.text


OPEN = {"/api/v1/health", "/api/v1/ready", "/metrics"}
CONTROL_PLANE = {
    CONTEXTS,
    *(f"{CONTEXTS}/{{context_id}}{end}" for end in ("", "/usage", "/stats", "/keys", "/audit")),
    *(f"{CONTEXTS}/{{context_id}}/keys/{{key_id}}{end}" for end in ("", "/rotate", "/revoke")),
}
