"""What requests may hold; names are accepted in snake_case and in camelCase."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d.*")


def _written_out(value: object) -> object:
    """A bare number would be taken for seconds of the epoch."""
    if not (isinstance(value, str) and RFC_3339.fullmatch(value)):
        raise ValueError("write a moment such as 2026-01-31T12:00:00Z")
    return value


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("in UTC this moment lies outside of the years 1 to 9999") from None


Moment = Annotated[AwareDatetime, BeforeValidator(_written_out), AfterValidator(_in_utc)]


class Body(BaseModel):
    """A JSON object without unknown fields."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, populate_by_name=True)


class NewContext(Body):
    """Where a Context lives and how it is configured."""

    namespace: str = Field(max_length=256, examples=["acme"])
    database: str = Field(max_length=256, examples=["prod"])
    config: dict[str, Any] = Field(default_factory=dict, examples=[{"token_limit": 1_000_000}])


class NewCopy(Body):
    """Which Context a new one is made of, and where that lives."""

    of: str = Field(max_length=64, examples=["acme-prod"])
    namespace: str = Field(max_length=256, examples=["acme-eu"])
    database: str = Field(max_length=256, examples=["prod"])


class ContextPatch(Body):
    """Only what is to change; null removes a value."""

    config: dict[str, Any] = Field(examples=[{"models": {"reflection": "openai/gpt-4o"}}])


class NewKey(Body):
    """A key to mint."""

    name: str = Field(min_length=1, max_length=128, pattern=r"^[A-Za-z0-9][A-Za-z0-9 _.@-]*$", examples=["app"])
    principal: Literal["agent", "supervisor"] = "agent"
    scope_floor: Any = Field(default=None, examples=[{"org": "acme"}])
    expires_at: Moment | None = None
