"""Retention policies of one Context."""

from collections.abc import Iterable, Mapping
from typing import Any

from spectron import endpoint
from spectron.aio.connection import AsyncConnection
from spectron.models.record import read
from spectron.models.retention import Policy, RetentionPolicies, RetentionPreview

PolicyLike = Policy | Mapping[str, Any]


class AsyncRetention:
    """How long the memories of one Context live."""

    def __init__(self, connection: AsyncConnection, context_id: str) -> None:
        self._connection = connection
        self._path = endpoint.path("contexts", context_id, "retention")

    async def get(self) -> RetentionPolicies:
        """Every policy with where it comes from, and the defaults where none matches."""
        return read(RetentionPolicies, await self._connection.get(self._path))

    async def set(self, policies: Iterable[PolicyLike]) -> RetentionPolicies:
        """Replace the Context's own policies, each with `scope`, `memory_category` and `ttl`.

        Policies as `get` answers them are taken too; those of the server stay in force and are left out.
        """
        return read(RetentionPolicies, await self._connection.put(self._path, {"policies": _documents(policies)}))

    async def preview(self, policies: Iterable[PolicyLike], *, horizon_days: int | None = None) -> RetentionPreview:
        """What these policies would change: at the next sweep, and day by day until the horizon; writes nothing."""
        body: dict[str, Any] = {"policies": _documents(policies)}
        if horizon_days is not None:
            body["horizon_days"] = horizon_days
        return read(RetentionPreview, await self._connection.post(f"{self._path}/preview", body))


def _documents(policies: Iterable[PolicyLike]) -> list[dict[str, Any]]:
    return [
        {"scope": policy.scope, "memory_category": policy.memory_category, "ttl": policy.ttl}
        | ({"source": policy.source} if policy.source else {})
        if isinstance(policy, Policy)
        else dict(policy)
        for policy in policies
    ]
