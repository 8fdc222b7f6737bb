"""What goes over the wire, kept as examples of each operation."""

import json
from typing import Any

import httpx

from tests.support.answers import JSON, documented

SECRETS = frozenset({"secret", "key"})
FEW = 2


class Recorder:
    """Sends requests and keeps the first of each operation with its answer."""

    def __init__(self) -> None:
        self.examples: dict[str, dict[str, Any]] = {}

    async def send(self, client: httpx.AsyncClient, method: str, path: str, **values: Any) -> Any:
        """The answer's JSON, or None where there is none."""
        response = await client.request(method, path, **values)
        assert response.is_success, f"{method} {path}: {response.status_code} {response.text}"
        operation = documented().operation(method, path.partition("?")[0])
        assert operation is not None, path
        example = self.examples.setdefault(operation["operationId"], {})
        if "json" in values:
            example.setdefault("request", values["json"])
        if response.headers.get("content-type") != JSON:
            return None
        example.setdefault("answer", _shortened(response.json()))
        return response.json()

    def text(self) -> str:
        """All examples as they are shipped."""
        return json.dumps(self.examples, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _shortened(value: Any, name: str = "") -> Any:
    """Lists cut to their beginning, secrets to nothing."""
    if isinstance(value, dict):
        return {key: _shortened(one, key) for key, one in value.items()}
    if isinstance(value, list):
        return [_shortened(one) for one in value[:FEW]]
    return "…" if name in SECRETS and isinstance(value, str) and len(value) > 40 else value
