"""An application whose OpenAPI document is complete."""

from functools import cached_property
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from server.http.description.answering import Answering
from server.http.description.examples import Examples
from server.http.description.failing import PROBLEM, RESPONSES, failures

OF_THE_FRAMEWORK = ("HTTPValidationError", "ValidationError")
"""How the framework would tell of what is not valid, if problem documents did not."""
OPEN = "health"
"""The tag of what needs no key."""
SCHEMES = {
    "APIKeyHeader": {"type": "apiKey", "description": "`API-KEY: <key>`", "in": "header", "name": "API-KEY"},
    "HTTPBearer": {"type": "http", "description": "The same key as a Bearer token", "scheme": "bearer"},
}
PARAMETERS = {
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "description": "Repeating a request with the same key within a day has one effect and one answer.",
        "schema": {"type": "string", "maxLength": 255},
    },
}


def operation_id(route: APIRoute) -> str:
    """The name of a route in clients that are generated."""
    return f"{route.tags[0]}_{route.name}"


class DescribedApi(FastAPI):
    """Describes each operation with its answer, its failures, its parameters and an example."""

    def add(self, router: APIRouter) -> None:
        """Serve the routes of a router as they are; including it builds each anew and looks requests up twice."""
        self.router.routes.extend(router.routes)

    @cached_property
    def _described(self) -> dict[str, Any]:
        document = super().openapi()
        answering, examples = Answering(), Examples.shipped()
        components = document.setdefault("components", {})
        components["schemas"] = {
            name: schema for name, schema in components["schemas"].items() if name not in OF_THE_FRAMEWORK
        }
        components["schemas"] |= answering.schemas | {"Problem": PROBLEM}
        components["responses"] = RESPONSES
        components["securitySchemes"] = SCHEMES
        components["parameters"] = PARAMETERS
        for path, operations in document["paths"].items():
            for verb, operation in operations.items():
                _add_parameters(path, verb, operation)
                if OPEN not in operation["tags"]:
                    operation["security"] = [{name: []} for name in SCHEMES]
                operation["responses"] = answering.answers(operation) | failures(path, verb, operation)
                examples.add(operation)
        return document

    def openapi(self) -> dict[str, Any]:
        """The document, made at the first call."""
        return self._described


def _add_parameters(path: str, verb: str, operation: dict[str, Any]) -> None:
    """Name what stands in the path and is read before the route is, and the header of what is safe to repeat."""
    parameters = operation.setdefault("parameters", [])
    named = {one["name"] for one in parameters if one["in"] == "path"}
    for part in path.split("/"):
        name = part.strip("{}")
        if part.startswith("{") and name not in named:
            parameters.insert(0, {"name": name, "in": "path", "required": True, "schema": {"type": "string"}})
    content = operation.get("requestBody", {}).get("content", {"application/json": {}})
    if verb not in ("get", "head") and "application/json" in content:
        parameters.append({"$ref": "#/components/parameters/IdempotencyKey"})
