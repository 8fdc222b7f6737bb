"""What can be asked over HTTP."""

from typing import Any

from docs.pages.table import code, table

INTRODUCTION = """# Routes

`spectrond openapi` writes the whole description, with parameters, bodies, answers and examples; a running server
has it at `/api/openapi.json` and as a page at `/docs`. Errors are [problem documents](errors.md).
"""


def page(openapi: dict[str, Any]) -> str:
    sections: dict[str, list[tuple[str, str, str]]] = {}
    for path, methods in openapi["paths"].items():
        for method, operation in methods.items():
            tag = operation["tags"][0]
            row = (code(method.upper()), code(path), operation["description"].strip().split("\n\n")[0])
            sections.setdefault(tag, []).append(row)
    tables = (
        f"\n## {tag.capitalize()}\n\n" + table(("method", "path", "what it does"), rows)
        for tag, rows in sections.items()
    )
    return INTRODUCTION + "".join(tables)
