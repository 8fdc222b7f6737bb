"""How each operation can fail."""

from typing import Any

from server.http.problems import MEDIA_TYPE, STATUS, TYPE_PREFIX

OPEN = ("/api/v1/health", "/api/v1/ready", "/metrics")
SCHEMA = {"$ref": "#/components/schemas/Problem"}
PROBLEM = {
    "type": "object",
    "description": "What went wrong, as an RFC 9457 problem document.",
    "required": ["type", "title", "status", "detail", "instance", "request_id"],
    "properties": {
        "type": {"type": "string", "enum": [TYPE_PREFIX + slug for slug in STATUS]},
        "title": {"type": "string"},
        "status": {"type": "integer", "enum": sorted(set(STATUS.values()))},
        "detail": {"type": "string", "description": "What happened, to what, and what to do."},
        "instance": {"type": "string", "description": "The path of the request."},
        "request_id": {"type": "string", "description": "Finds the request in the server's log."},
    },
}
FAILURES = {
    400: ("InvalidRequest", "A parameter or a field is missing, unknown or wrong.", "scopes.0: 'acme' has no level."),
    401: ("Unauthorized", "There is no key, or not one that is valid.", "Send a key as API-KEY or as a Bearer token."),
    403: ("Forbidden", "The key may not do this.", "This takes a management key."),
    404: ("NotFound", "There is no such Context, or no such thing in it.", "There is no Context 'acme'."),
    409: ("Conflict", "It is there already, in use, or being changed.", "The Context 'acme' is being deleted."),
    413: ("TooLarge", "The body is too large.", "The body is larger than 4194304 bytes."),
    415: ("UnsupportedMediaType", "The body is of another kind than the route takes.", "Send application/json."),
    416: ("RangeNotSatisfiable", "The range lies outside of the document.", "The document has 1200 bytes."),
    422: ("Unprocessable", "The request is well-formed, but cannot be done.", "The policies contradict each other."),
    429: ("TooManyRequests", "The limit of the Context or of the address is reached.", "Try again in 12 seconds."),
    500: ("InternalError", "Something went wrong inside the server.", "Its log has the details under this request id."),
    503: ("Unavailable", "The database, the object store or a model is away.", "The database does not answer."),
}
TITLES = {status: slug.replace("-", " ").capitalize() for slug, status in reversed(STATUS.items())}
SLUGS = {status: slug for slug, status in reversed(STATUS.items())}


def _response(status: int, description: str, detail: str) -> dict[str, Any]:
    example = {
        "type": TYPE_PREFIX + SLUGS[status],
        "title": TITLES[status],
        "status": status,
        "detail": detail,
        "instance": "/api/v1/contexts/acme",
        "request_id": "h4k1x0q9v7c2m5zt",
    }
    return {"description": description, "content": {MEDIA_TYPE: {"schema": SCHEMA, "example": example}}}


RESPONSES = {name: _response(status, description, detail) for status, (name, description, detail) in FAILURES.items()}


def failures(path: str, verb: str, operation: dict[str, Any]) -> dict[str, Any]:
    """The responses of everything that can go wrong with an operation, by status."""
    if path in OPEN:
        return _references({500})
    statuses = {400, 401, 403, 404, 429, 500, 503}
    if verb in ("post", "put", "patch", "delete"):
        statuses |= {409, 413, 415, 422}
    if any(parameter.get("name") == "cursor" for parameter in operation["parameters"]):
        statuses.add(422)
    if path.endswith("/raw"):
        statuses.add(416)
    return _references(statuses)


def _references(statuses: set[int]) -> dict[str, Any]:
    return {str(status): {"$ref": f"#/components/responses/{FAILURES[status][0]}"} for status in sorted(statuses)}
