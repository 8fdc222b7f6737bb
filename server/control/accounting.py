"""The audit event of taking something away, in its Context: who, when, in which scope and how much, never what."""

from collections.abc import Mapping
from typing import Any

from server.control.audit import AuditLog, Origin
from server.core.scope import Scope
from server.store.engine import Row
from server.store.scoped import ENSURE_ATTRIBUTES, attribute_ids

RECORD = f"""{ENSURE_ATTRIBUTES.replace("$scope_attributes", "$audit.scope")}
CREATE type::record('audit_event', $audit.id) CONTENT object::extend(object::remove($audit, 'id'), {{
    scope: <set>$audit.scope }}) RETURN NONE"""


def event(
    log: AuditLog,
    kind: str,
    action: str,
    origin: Origin,
    scope: Scope,
    counts: Mapping[str, int],
    *,
    target: str | None = None,
) -> Row:
    """The `$audit` variable of a transaction that includes `RECORD`."""
    made: dict[str, Any] = log.event(kind, action, origin, target=target, detail={"counts": dict(counts)})
    del made["context_id"]
    return made | {"scope": attribute_ids(scope)}
