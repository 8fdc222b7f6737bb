"""What a verified key may do."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from server.core.errors import ForbiddenError, UnauthorizedError
from server.core.scope import Scope, as_text

Principal = Literal["management", "supervisor", "agent"]
RANK: dict[Principal, int] = {"agent": 0, "supervisor": 1, "management": 2}


@dataclass(frozen=True)
class Authority:
    """A principal with its Context (None is every Context) and the scope it cannot leave."""

    key_id: str
    principal: Principal
    context_id: str | None
    floor: Scope
    on_behalf_of: str | None = None
    minted_at: datetime | None = None

    def require_management(self) -> None:
        if self.principal != "management":
            raise ForbiddenError("This call is for management keys; a Context key reaches only its own data plane.")

    def require_context(self, context_id: str) -> None:
        """Refuse another Context without telling whether it exists."""
        if self.context_id not in (None, context_id):
            raise ForbiddenError(f"This key belongs to another Context than {context_id[:80]!r}.")

    def require_minted_since(self, context_created_at: datetime) -> None:
        """Refuse a key of an earlier Context of the same id, which another process may still trust for a moment."""
        if self.minted_at and self.minted_at < context_created_at:
            raise UnauthorizedError(
                "This API key belonged to a Context that was deleted; have a new one minted.", key_id=self.key_id
            )

    def require_supervisor(self, action: str) -> None:
        if self.principal == "agent":
            raise ForbiddenError(f"Only a supervisor or management key may {action}; this key's principal is agent.")

    def may_mint(self, principal: Principal, floor: Scope) -> None:
        """Refuse a key that could do more than this one."""
        self.require_supervisor("mint keys")
        if RANK[principal] > RANK[self.principal]:
            raise ForbiddenError(f"A {self.principal} key cannot mint a {principal} key.")
        if not floor >= self.floor:
            raise ForbiddenError(
                f"The scope floor of a new key must contain this key's own floor, {as_text(self.floor) or 'empty'}."
            )

    def delegated(self, other: "Authority") -> "Authority":
        """What both this key and the one it acts for may do: never more than either."""
        principal = min((self.principal, other.principal), key=lambda one: RANK[one])
        if self.context_id and other.context_id and self.context_id != other.context_id:
            raise ForbiddenError("A key cannot act on behalf of one that belongs to another Context.")
        return replace(
            self,
            principal=principal,
            context_id=self.context_id or other.context_id,
            floor=self.floor | other.floor,
            on_behalf_of=other.key_id,
        )
