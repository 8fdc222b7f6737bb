"""What a deployment and a Context can be told."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from docs.pages.table import code, table
from server.control.config import ContextConfig
from server.settings import PREFIX, Settings

INTRODUCTION = f"""# Settings

## Of the server

Each is `name:` in the YAML file that `--config` or `{PREFIX}CONFIG` names, and `{PREFIX}NAME` in the environment,
which comes before the file. `spectrond config check` prints what holds and where each value comes from.

"""

OF_A_CONTEXT = """
## Of a Context

`spectronctl contexts update ID --set models.response=openai/gpt-5-mini` sets one. Where a Context says nothing,
the server's `defaults` hold, and then the defaults below. `spectronctl contexts show ID` prints what holds and where
each value comes from.

"""


def page() -> str:
    server = (
        (code(name), code(PREFIX + name.upper()), _default(field), field.description or "")
        for name, field in Settings.model_fields.items()
    )
    context = ((code(name), _default(field), field.description or "") for name, field in leaves(ContextConfig))
    return (
        INTRODUCTION
        + table(("setting", "environment", "default", "what it is for"), server)
        + OF_A_CONTEXT
        + table(("key", "default", "what it is for"), context)
    )


def leaves(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, FieldInfo]]:
    """Each key with its dots, however deep it lies."""
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from leaves(field.annotation, f"{prefix}{name}.")
        else:
            yield prefix + name, field


def _default(field: FieldInfo) -> str:
    value: Any = field.get_default(call_default_factory=True, validated_data={})
    empty = value is PydanticUndefined or value is None or isinstance(value, SecretStr) or value in ("", [], {})
    return "" if empty else code(value)
