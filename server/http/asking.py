"""What every question to memory may say in its query: of when, as known when, and in which scope."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Query

from server.core.clock import Clock
from server.core.errors import ValidationError
from server.core.visibility import View, Visibility
from server.http.bodies import Moment
from server.http.tenant import Tenant
from server.memory.reading.instant import Instant

Time = Annotated[Moment | None, Query()]


@dataclass(frozen=True, slots=True)
class Asking:
    """The times and the scope of a question."""

    as_of: datetime | None
    at_instant: datetime | None
    scope: Any
    view: View

    def instant(self, clock: Clock) -> Instant:
        return Instant.of(clock.now(), self.as_of, self.at_instant)

    def visibility(self, tenant: Tenant) -> Visibility:
        return tenant.sees(self.scope, self.view)


# A coroutine is awaited in place; a plain function would be sent through a thread.
async def _asking(
    as_of: Time = None,
    at_instant: Time = None,
    as_of_camel: Annotated[Moment | None, Query(alias="asOf", include_in_schema=False)] = None,
    at_instant_camel: Annotated[Moment | None, Query(alias="atInstant", include_in_schema=False)] = None,
    scope: Annotated[list[str] | None, Query(description="`org/acme/user/alice`, or `org=acme` repeatedly")] = None,
    scope_view: View = "strict",
    scope_view_camel: Annotated[View | None, Query(alias="scopeView", include_in_schema=False)] = None,
) -> Asking:
    for one, other, name in ((as_of, as_of_camel, "as_of"), (at_instant, at_instant_camel, "at_instant")):
        if one is not None and other is not None:
            raise ValidationError(f"{name} is given twice, in both spellings; give it once.")
    return Asking(as_of or as_of_camel, at_instant or at_instant_camel, scope or None, scope_view_camel or scope_view)


Asked = Annotated[Asking, Depends(_asking)]
