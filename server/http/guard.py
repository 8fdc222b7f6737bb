"""Who is asking: keys from headers, delegation, and the refusals that go to the audit log."""

import contextlib
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Annotated

from fastapi import Depends, Request

from server.control.audit import AuditLog, Origin
from server.control.authentication import Authenticator
from server.control.authority import Authority, Principal
from server.control.keys import Keys
from server.control.naming import CONTEXT_ID
from server.core.errors import ForbiddenError, RateLimitedError, UnauthorizedError, UnavailableError
from server.observe.metrics import Metrics

DELEGATION_HEADERS = ("x-spectron-on-behalf-of", "x-memory-on-behalf-of")
PRINCIPALS: dict[str, Principal] = {"agent": "agent", "supervisor": "supervisor"}
IPV6_PREFIX = 64
NO_KEY = "No API key was sent; send one as `API-KEY: <key>` or `Authorization: Bearer <key>`."


class Guard:
    """Authenticates requests and keeps account of those it turns away."""

    def __init__(
        self, serving: Callable[[], bool], authenticator: Authenticator, keys: Keys, audit: AuditLog, metrics: Metrics
    ) -> None:
        self._serving = serving
        self._authenticator = authenticator
        self._keys = keys
        self._audit = audit
        self._metrics = metrics

    async def admit(self, request: Request) -> Authority:
        """The authority behind a request, kept in its state."""
        if not self._serving():
            raise UnavailableError("The server is starting and waits for its database; try again in a moment.")
        authority = await self._authenticator.authenticate(presented_key(request), source(request))
        request.state.authority = authority
        for header in DELEGATION_HEADERS:
            for on_behalf_of in request.headers.getlist(header):
                authority = authority.delegated(await self._other(authority, on_behalf_of))
        request.state.authority = authority
        return authority

    def refused(self, request: Request, error: ForbiddenError | UnauthorizedError | RateLimitedError) -> None:
        """Note a refusal in metrics and audit."""
        self._metrics.refusals.labels(error.slug).inc()
        template = getattr(request.scope.get("route"), "path", "unknown")
        if isinstance(error, UnauthorizedError):
            context_id, target = error.context_id, error.key_id
        else:
            named = request.path_params.get("context_id", "")
            context_id, target = named if CONTEXT_ID.fullmatch(named) else None, None
        action = f"{request.method} {template}"
        self._audit.refused(action, origin(request), error.slug, context_id=context_id, target=target)

    async def _other(self, authority: Authority, named: str) -> Authority:
        name = named.removeprefix("principal:")
        principal = PRINCIPALS.get(name)
        if principal:
            return Authority(name, principal, authority.context_id, authority.floor)
        key = await self._keys.find_active(name) if name else None
        if key is None or (authority.context_id and key.context_id != authority.context_id):
            raise ForbiddenError(f"{name[:80]!r} is neither a principal nor the id of a key that this key may act for.")
        return key.authority()


def presented_key(request: Request) -> str:
    """The text of the key in either header."""
    if key := request.headers.get("api-key"):
        return key.strip()
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    raise UnauthorizedError(NO_KEY)


def source(request: Request) -> str:
    """The address that a request came from; of an IPv6 address the network, for one sender has all of it."""
    host = request.client.host if request.client else "local"
    with contextlib.suppress(ValueError):
        address = ip_address(host)
        if isinstance(address, IPv6Address) and not address.is_loopback:
            return str(address.ipv4_mapped or ip_network((address, IPV6_PREFIX), strict=False))
    return host


def origin(request: Request) -> Origin:
    """Who asked, for the audit log."""
    authority: Authority | None = getattr(request.state, "authority", None)
    return Origin(
        actor=authority.key_id if authority else None,
        principal=authority.principal if authority else None,
        on_behalf_of=authority.on_behalf_of if authority else None,
        source=source(request),
        request_id=getattr(request.state, "request_id", None),
    )


# Coroutines are awaited in place; plain functions would be sent through a thread each.
async def _authority(request: Request) -> Authority:
    authority: Authority = request.state.authority
    return authority


async def _management(request: Request) -> Authority:
    authority = await _authority(request)
    authority.require_management()
    return authority


async def _origin(request: Request) -> Origin:
    return origin(request)


Caller = Annotated[Authority, Depends(_authority)]
Manager = Annotated[Authority, Depends(_management)]
Asked = Annotated[Origin, Depends(_origin)]
