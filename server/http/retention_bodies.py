"""What requests about retention may hold."""

from typing import Any

from pydantic import Field, model_validator

from server.core.retention import Policy, policies
from server.http.bodies import Body

EXAMPLE = {"scope": {"org": "acme"}, "memory_category": "context", "ttl": "90d"}


class PolicyList(Body):
    """Policies, as a list or under their name."""

    policies: list[Any] = Field(examples=[[EXAMPLE]])

    @model_validator(mode="before")
    @classmethod
    def _bare_list(cls, given: Any) -> Any:
        return {"policies": given} if isinstance(given, list) else given

    def read(self) -> tuple[Policy, ...]:
        """The Context's own; those of the server are listed with them but are set in its configuration."""
        return tuple(policy for policy in policies(self.policies, "policies", "api") if policy.source != "server")


class Proposal(PolicyList):
    """Policies to compare with those in force."""

    horizon_days: int = Field(90, ge=1, le=730)
