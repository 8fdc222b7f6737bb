"""Where requests go: the server's address, its paths, and the values that travel in them."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.metadata import version
from typing import Any
from urllib.parse import quote

import httpx

from spectron.errors import ArgumentError

DEFAULT_URL = "http://127.0.0.1:9090"
PREFIX = "/api/v1"

Scope = Mapping[str, str] | Sequence[str] | str
"""Whose a record is: `{"org": "acme"}`, `["org=acme"]` or `"org/acme"`."""

Params = Mapping[str, str | int | bool | datetime | list[str] | None]


def base_url(url: str) -> httpx.URL:
    """The server's address, checked."""
    try:
        parsed = httpx.URL(url.strip().rstrip("/"))
    except httpx.InvalidURL as error:
        raise ArgumentError(f"{url!r} is not a URL: {error}. Give one like {DEFAULT_URL}.") from error
    if parsed.scheme not in {"http", "https"} or not parsed.host:
        raise ArgumentError(f"{url!r} is not the URL of a server. Give one like {DEFAULT_URL}.")
    if parsed.userinfo:
        raise ArgumentError(f"The URL of {parsed.host} holds a user name or password. Give the key as api_key instead.")
    return parsed


def headers(api_key: str | None) -> dict[str, str]:
    """What every request says about its sender."""
    agent = {"user-agent": f"spectron-python/{version('spectron')}", "accept": "application/json"}
    key = (api_key or "").strip()
    if not key:
        return agent
    if not key.isascii() or not key.isprintable() or " " in key:
        raise ArgumentError("The API key holds characters no key has. Copy it again: it starts with `mgmt-` or `sk-`.")
    return {**agent, "authorization": f"Bearer {key}"}


def path(*segments: str) -> str:
    """A path below the API's prefix; each segment is quoted, so that no value can lead elsewhere."""
    for segment in segments:
        if segment in {"", ".", ".."}:
            raise ArgumentError(f"{segment!r} is not an id.")
    return "/".join((PREFIX, *(quote(_encodable(segment), safe="") for segment in segments)))


def query(values: Params) -> dict[str, str | list[str]]:
    """Query parameters as text, without those that were not given; one with several values is repeated."""
    return {
        name: [_text(one) for one in value] if isinstance(value, list) else _text(value)
        for name, value in values.items()
        if value is not None and value != []
    }


def body(document: Any) -> bytes:
    """A JSON body."""
    try:
        return json.dumps(document, allow_nan=False).encode()
    except (TypeError, ValueError) as error:
        raise ArgumentError(f"The values given can't be sent as JSON: {error}.") from error


def scope_values(scope: Scope | None) -> list[str]:
    """A scope as the values of a repeated query parameter."""
    match scope:
        case None:
            return []
        case str():
            return [scope]
        case Mapping():
            return [f"{name}={value}" for name, value in scope.items()]
        case _:
            return list(scope)


def given(**values: Any) -> dict[str, Any]:
    """A body of those values that are not None; times as text, scopes and lists as JSON has them."""
    return {name: _json(value) for name, value in values.items() if value is not None}


def field(value: Any) -> str | None:
    """A value as a field of a form: text as it is, anything else as JSON."""
    if isinstance(value, str):
        return _encodable(value)
    return None if value is None else body(_json(value)).decode()


def timestamp(value: datetime | str) -> str:
    """A time as RFC 3339."""
    if isinstance(value, str):
        return value
    if value.tzinfo is None:
        raise ArgumentError(f"{value.isoformat()} has no time zone. Give one, for example `datetime.now(UTC)`.")
    return value.isoformat()


def _json(value: Any) -> Any:
    match value:
        case datetime():
            return timestamp(value)
        case Mapping():
            return {name: _json(inner) for name, inner in value.items()}
        case list() | tuple():
            return [_json(inner) for inner in value]
        case _:
            return value


def _text(value: str | int | bool | datetime) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return timestamp(value) if isinstance(value, datetime) else _encodable(str(value))


def _encodable(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ArgumentError(f"{text!r} is not text that can be sent: it can't be written as UTF-8.") from error
    return text
