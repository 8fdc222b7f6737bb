"""API keys of a Context."""

from dataclasses import field
from datetime import datetime

from pydantic.dataclasses import dataclass

from spectron.models.record import Record


@dataclass(frozen=True, kw_only=True)
class Key(Record):
    """A key without its secret."""

    id: str
    context_id: str
    name: str
    principal: str
    state: str
    created_at: datetime
    scope_floor: dict[str, str] = field(default_factory=dict)
    last_used_at: datetime | None = None
    expires_at: datetime | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class MintedKey(Key):
    """A key with its secret, which no later answer repeats."""

    secret: str = field(repr=False)
