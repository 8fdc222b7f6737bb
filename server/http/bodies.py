"""What requests may hold; names are accepted in snake_case and in camelCase."""

from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class Body(BaseModel):
    """A JSON object without unknown fields."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, populate_by_name=True)


class NewContext(Body):
    """Where a Context lives and how it is configured."""

    namespace: str = Field(max_length=256, examples=["acme"])
    database: str = Field(max_length=256, examples=["prod"])
    config: dict[str, Any] = Field(default_factory=dict, examples=[{"token_limit": 1_000_000}])


class ContextPatch(Body):
    """Only what is to change; null removes a value."""

    config: dict[str, Any] = Field(examples=[{"models": {"reflection": "openai/gpt-4o"}}])


class NewKey(Body):
    """A key to mint."""

    name: str = Field(min_length=1, max_length=128, pattern=r"^[A-Za-z0-9][A-Za-z0-9 _.@-]*$", examples=["app"])
    principal: Literal["agent", "supervisor"] = "agent"
    scope_floor: Any = Field(default=None, examples=[{"org": "acme"}])
    expires_at: AwareDatetime | None = None
