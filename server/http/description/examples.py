"""A request and an answer of each operation, as they once went over the wire."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("examples.json")


class Examples:
    """Examples by operation id: `request` where there is a JSON body, `answer` where there is one."""

    def __init__(self, recorded: Mapping[str, Mapping[str, Any]]) -> None:
        self.recorded = recorded

    @classmethod
    def shipped(cls) -> "Examples":
        return cls(json.loads(FILE.read_text(encoding="utf-8")))

    def add(self, operation: dict[str, Any]) -> None:
        """Put the examples beside the schemas."""
        recorded = self.recorded.get(operation["operationId"], {})
        if "request" in recorded:
            operation["requestBody"]["content"]["application/json"]["example"] = recorded["request"]
        for code, response in operation["responses"].items():
            answer = response.get("content", {}).get("application/json")
            if code.startswith("2") and answer is not None and "answer" in recorded:
                answer["example"] = recorded["answer"]
