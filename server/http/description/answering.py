"""What each operation answers when all goes well."""

from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from server.http.answers.routes import ANSWERS

TEMPLATE = "#/components/schemas/{model}"
MODE: JsonSchemaMode = "serialization"
NO_CONTENT = "204"
GONE = {"description": "It is gone."}
UNCHANGED = {"description": "The caller has it already."}
TEXTS: dict[str, tuple[str, dict[str, Any]]] = {
    "health_scrape": ("text/plain", {"type": "string"}),
    "documents_raw": ("application/octet-stream", {"type": "string", "format": "binary"}),
    "documents_raw_head": ("", {}),
}
ALSO_STREAMED = {"memory_answer": "text/event-stream"}
"""What answers piece by piece when it is asked to."""
ALSO_GONE = ("management_delete_context",)
"""What answers with nothing, unless it was a dry run."""
ALSO_UNCHANGED = ("documents_raw", "documents_raw_head")
"""What has nothing to say to one who names the content that he has."""
NOT_READY = "health_ready"
"""What says with 503 the same as with 200."""


class Answering:
    """The schemas of all answers, and their places."""

    def __init__(self) -> None:
        adapters = {name: TypeAdapter(shape) for name, shape in ANSWERS.items()}
        self._of, shared = TypeAdapter.json_schemas(
            [(name, MODE, adapter) for name, adapter in adapters.items()], ref_template=TEMPLATE
        )
        self.schemas: dict[str, Any] = shared["$defs"]

    def answers(self, operation: dict[str, Any]) -> dict[str, Any]:
        """The responses of an operation when all goes well, by status."""
        name = operation["operationId"]
        code, response = next((code, one) for code, one in operation["responses"].items() if code.startswith("2"))
        if name in TEXTS:
            unchanged = {"304": UNCHANGED} if name in ALSO_UNCHANGED else {}
            return {code: _text(operation, *TEXTS[name])} | unchanged
        if name not in ANSWERS:
            return {code: response if code != NO_CONTENT else GONE}
        content = {"application/json": {"schema": self._of[name, MODE]}}
        answer = {"description": _sentence(ANSWERS[name]), "content": content}
        if name in ALSO_STREAMED:
            content[ALSO_STREAMED[name]] = {"schema": {"type": "string"}}
        if name in ALSO_GONE:
            return {"200": answer, NO_CONTENT: GONE}
        if name == NOT_READY:
            return {code: answer, "503": answer}
        return {code: answer}


def _text(operation: dict[str, Any], media: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "description": operation["description"].split("\n")[0],
        "content": {media: {"schema": schema}} if media else {},
    }


def _sentence(shape: Any) -> str:
    items = getattr(shape, "__args__", None)
    return (f"A list. {items[0].__doc__}" if items else str(shape.__doc__)).split("\n")[0]
