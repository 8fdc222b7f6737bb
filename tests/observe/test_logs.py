"""Logs: readable by machines and people, and without a secret whatever is logged."""

import io
import json
import logging
import sys
from typing import Any

import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.core.ids import ALPHABET
from server.observe import logs

SECRET = st.text(ALPHABET, min_size=43, max_size=43)
KEYS = st.builds(
    lambda prefix, secret: (f"{prefix}{secret}", secret), st.sampled_from(["mgmt-k1-", "sk-acme-prod-k1-"]), SECRET
)


def last(stream: io.StringIO) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(stream.getvalue().splitlines()[-1])
    return document


def test_a_line_is_a_json_object(logged: io.StringIO) -> None:
    structlog.get_logger("server.test").info("context.created", context="acme", ms=1.5)
    line = last(logged)
    assert line["event"] == "context.created"
    assert line["level"] == "info"
    assert (line["context"], line["ms"]) == ("acme", 1.5)
    assert line["timestamp"].endswith("Z")


def test_the_standard_library_goes_the_same_way(logged: io.StringIO) -> None:
    logging.getLogger("uvicorn.error").warning("Invalid %s", "request")
    assert last(logged)["event"] == "Invalid request"


def test_what_is_bound_to_a_request_is_in_its_lines(logged: io.StringIO) -> None:
    with structlog.contextvars.bound_contextvars(request_id="r1"):
        structlog.get_logger().info("one")
    assert last(logged)["request_id"] == "r1"


def test_lines_below_the_level_are_left_out(logged: io.StringIO) -> None:
    structlog.get_logger().debug("one")
    logging.getLogger("any").debug("two")
    logging.getLogger("httpx").info("three")
    assert logged.getvalue() == ""


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    key=KEYS, around=st.sampled_from(["{}", "/api/v1/{}/facts", "a={}&b", "'{}'", "Bearer {}", "_{}_", '{{"k":"{}"}}'])
)
def test_no_key_is_ever_written(logged: io.StringIO, key: tuple[str, str], around: str) -> None:
    text, secret = around.format(key[0]), key[1]
    log = structlog.get_logger()
    log.info(text, path=text, nested={"list": [text, {"deep": (text,)}]}, error=ValueError(text), raw=text.encode())
    logging.getLogger("any").warning("%s and %r", text, {"a": text})
    log.info("failed", exc_info=RuntimeError(text))
    assert secret not in logged.getvalue()
    logged.truncate(0)


@pytest.mark.parametrize(
    "name",
    [
        "secret",
        "client_secret",
        "password",
        "api_key",
        "API-KEY",
        "Authorization",
        "master_key",
        "ciphertext",
        "apikey",
    ],
)
def test_nothing_is_written_under_the_name_of_a_secret(logged: io.StringIO, name: str) -> None:
    structlog.get_logger().info("x", **{name: "hunter2", "nested": {name: "hunter2", "list": [{name: "hunter2"}]}})
    assert "hunter2" not in logged.getvalue()
    assert last(logged)["nested"]["list"][0][name] == logs.HIDDEN


@pytest.mark.parametrize(
    "text",
    ["sk-proj-AbCdEf_1234567890-ghijKLMN", "sk-ant-api03-AbCdEf1234567890ghij", "ws://root:hunter2@10.0.0.1:8000/rpc"],
)
def test_other_secrets_are_hidden_as_well(logged: io.StringIO, text: str) -> None:
    structlog.get_logger().info("x", reason=f"The database at {text} is away.")
    assert text not in logged.getvalue()
    assert "hunter2" not in logged.getvalue()
    assert logs.HIDDEN in last(logged)["reason"]


@pytest.mark.parametrize(
    "text", ["task-force", "sk-acme", "http://127.0.0.1:9090/docs?a=b@c", "risk-management-and-so-on-and-on"]
)
def test_what_is_no_secret_stays(logged: io.StringIO, text: str) -> None:
    structlog.get_logger().info("x", text=text)
    assert last(logged)["text"] == text


def test_on_a_terminal_lines_are_for_people(logged: io.StringIO) -> None:
    stream = io.StringIO()
    logs.configure("info", "console", stream)
    try:
        fail("hunter2")
    except ValueError:
        structlog.get_logger().exception("failed", context="acme")
    assert "failed" in stream.getvalue()
    assert "context=acme" in stream.getvalue()
    assert "ValueError: broken" in stream.getvalue()
    assert stream.getvalue().count("hunter2") == 1, "the source line alone, no local variables"
    assert not logged.getvalue()


def fail(local_variable: str) -> None:
    raise ValueError("broken") from KeyError(len(local_variable))


def test_auto_is_json_where_there_is_no_terminal() -> None:
    stream = io.StringIO()
    logs.configure("info", "auto", stream)
    structlog.get_logger().info("x")
    assert last(stream)["event"] == "x"
    logs.configure("info", "json", sys.stderr)
