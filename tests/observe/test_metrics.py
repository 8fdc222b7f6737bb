"""Metrics in the Prometheus text format."""

from collections.abc import Iterator
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from server.observe.metrics import Metrics
from tests.models.scripted_server import Reply, ScriptedServer
from tests.support.app import App, running
from tests.support.clock import FakeClock


def samples(text: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_polled_values_are_read_when_they_are_scraped() -> None:
    values: Iterator[float] = iter([1.0, 2.0])
    metrics = Metrics()
    metrics.polled("spectron_queue", "Jobs", lambda: {"waiting": next(values)})
    assert samples(metrics.render().decode())["spectron_queue_waiting", ()] == 1
    assert samples(metrics.render().decode())["spectron_queue_waiting", ()] == 2


def test_two_servers_in_a_process_count_apart() -> None:
    one, two = Metrics(), Metrics()
    one.refusals.labels("unauthorized").inc()
    assert ("spectron_refusals_total", (("reason", "unauthorized"),)) not in samples(two.render().decode())


async def test_requests_are_counted_by_route_and_not_by_what_callers_make_up(acme: App) -> None:
    for number in range(5):
        await acme.http.get(f"/api/v1/contexts/nobody-{number}")
        await acme.http.get(f"/nowhere/{number}")
        await acme.http.request(f"METHOD{number}", "/api/v1/contexts/acme")
        await acme.http.request(f"METHOD{number}", "/nowhere")
    scraped = await (await acme.client()).get("/metrics")
    assert scraped.headers["content-type"].startswith("text/plain; version=0.0.4")
    found = samples(scraped.text)
    route = ("route", "/api/v1/contexts/{context_id}")
    assert found["spectron_http_requests_total", (("method", "GET"), route, ("status", "404"))] == 5
    assert found["spectron_http_requests_total", (("method", "POST"), route, ("status", "201"))] == 1
    assert found["spectron_http_requests_total", (("method", "ANY"), ("route", "unknown"), ("status", "404"))] == 10
    assert {dict(labels).get("method", "ANY") for _, labels in found} <= {
        "ANY",
        "GET",
        "POST",
        "DELETE",
        "PATCH",
        "PUT",
    }
    assert "nobody" not in scraped.text
    assert "nowhere" not in scraped.text


async def test_refusals_and_the_engine_are_counted(acme: App) -> None:
    anonymous = await acme.client()
    await anonymous.get("/api/v1/contexts")
    found = samples((await anonymous.get("/metrics")).text)
    assert found["spectron_refusals_total", (("reason", "unauthorized"),)] == 1
    assert found["spectron_engine_up", ()] == 1
    assert found["spectron_object_store_up", ()] == 1
    assert found["spectron_engine_queries", ()] > 0
    assert found["spectron_engine_contexts_failed", ()] == 0


async def test_jobs_are_counted_by_what_they_wait_for(acme: App, clock: FakeClock) -> None:
    async def counted() -> dict[str, float]:
        found = samples((await acme.http.get("/metrics")).text)
        return {name.removeprefix("spectron_jobs_"): value for (name, _), value in found.items() if "_jobs_" in name}

    nothing = {"queued": 0.0, "retrying": 0.0, "running": 0.0, "dead": 0.0, "oldest_queued_seconds": 0.0}
    assert await counted() == nothing
    for name in ("a.txt", "b.txt"):
        uploaded = await acme.http.post("/api/v1/acme/documents", files={"file": (name, name.encode())})
        assert uploaded.status_code == 202
        clock.advance(60)
    waiting = await counted()
    assert waiting.pop("oldest_queued_seconds") >= 120
    assert waiting == {"queued": 2.0, "retrying": 0.0, "running": 0.0, "dead": 0.0}


async def test_what_goes_wrong_with_models_is_counted_from_the_first_time_on(tmp_path: Path) -> None:
    async def counted(app: App) -> dict[str, float]:
        found = samples((await app.http.get("/metrics")).text)
        names = ("spectron_provider_failures_total", "spectron_token_refusals_total")
        return {" ".join(value for _, value in labels): n for (name, labels), n in found.items() if name in names}

    async with ScriptedServer() as provider, running(tmp_path, provider_urls={"openai": provider.url}) as app:
        before = await counted(app)
        assert set(before.values()) == {0.0}
        config = {
            "models": {"extraction": "openai/fast"},
            "providers": {"openai": "sk-test"},
            "rate_limit": {"tokens_per_minute": 50},
        }
        await app.context(config=config)
        answer = {"choices": [{"message": {"content": "{}"}, "finish_reason": "stop"}], "usage": {"prompt_tokens": 100}}
        provider.script(Reply(status=401), Reply(answer))
        for text in ("I live in Rome.", "I live in Oslo.", "I live in Kiel."):
            await app.http.post("/api/v1/acme/facts", json={"text": text, "scope": {"user": "alice"}})
        await app.http.patch("/api/v1/contexts/acme", json={"config": {"token_limit": 100}})
        await app.http.post("/api/v1/acme/facts", json={"text": "I live in Bonn.", "scope": {"user": "alice"}})
        after = await counted(app)

    assert {name for name in after if after[name] != before[name]} == {"openai refused", "minute", "month"}
    assert after["openai refused"] == after["month"] == 1
