"""Audit events."""

from datetime import datetime
from typing import Any

from pydantic.dataclasses import dataclass

from spectron.models.record import Record


@dataclass(frozen=True, kw_only=True)
class AuditEvent(Record):
    """Something that was done or refused, by whom and to what."""

    id: str
    kind: str
    action: str
    outcome: str
    created_at: datetime
    actor: str | None = None
    principal: str | None = None
    target: str | None = None
    detail: Any = None
    source: str | None = None
    request_id: str | None = None
    count: int = 1
