"""Grants: what a key's principal and floor allow, in the words of verbs and scope paths."""

from collections.abc import Iterable, Mapping
from typing import Any

from server.control.authority import Principal
from server.core.errors import UnprocessableError, ValidationError
from server.core.naming import suggestion
from server.core.scope import EMPTY, Scope, as_text, parse

AGENT_VERBS = ("memory:read", "memory:write", "memory:forget", "documents:read", "documents:write")
SUPERVISOR_VERBS = ("reflect:persist", "keys:mint")
VERBS = AGENT_VERBS + SUPERVISOR_VERBS
EVERYWHERE = "*"
BELOW = "/*"


def verbs_of(principal: Principal) -> tuple[str, ...]:
    return AGENT_VERBS if principal == "agent" else VERBS


def grants_of(principal: Principal, floor: Scope) -> dict[str, list[str]]:
    """A key may do all of its verbs anywhere at and below its floor."""
    return {verb: [pattern_of(floor)] for verb in verbs_of(principal)}


def effective(principal: Principal, floor: Scope, at: Scope) -> list[str]:
    """The verbs that are allowed at a place."""
    return list(verbs_of(principal)) if floor <= at else []


def pattern_of(floor: Scope) -> str:
    path = "/".join(f"{key}/{value}" for key, value in sorted(floor))
    return path + BELOW if path else EVERYWHERE


def scope_of_pattern(pattern: str) -> Scope:
    """`org/acme/*`, `org/acme` and `*` as scopes."""
    return EMPTY if pattern == EVERYWHERE else parse(pattern.removesuffix(BELOW))


def requested(grants: Mapping[str, Any] | None) -> tuple[Principal, Scope | None]:
    """The principal and floor that a map of grants asks for; no floor where it names no place."""
    if not grants:
        return "agent", None
    _check(grants)
    places = {
        scope_of_pattern(pattern)
        for patterns in grants.values()
        for pattern in ([patterns] if isinstance(patterns, str) else patterns)
    }
    if len(places) > 1:
        raise UnprocessableError("A key has one floor; grant all its verbs on the same path.")
    return principal_for(grants), next(iter(places), None)


def granted(principal: Principal, floor: Scope, at: Scope, verbs: Iterable[str]) -> tuple[Principal, Scope]:
    """What a key is after a grant: its floor is widened to a place that contains it."""
    wanted = list(verbs)
    _check(wanted)
    if not (at <= floor or floor <= at):
        raise UnprocessableError(
            f"A key has one floor, {as_text(floor)}; a grant on {as_text(at)} would be a second one. Mint another key."
        )
    raised: Principal = "supervisor" if principal_for(wanted) == "supervisor" else principal
    return raised, min(at, floor, key=len)


def revoked(principal: Principal, floor: Scope, at: Scope, verbs: Iterable[str]) -> Principal | None:
    """The principal that is left after a revocation; None where nothing is."""
    gone = set(verbs)
    _check(gone)
    if not at <= floor:
        return principal
    if gone >= set(verbs_of(principal)):
        return None
    if gone & set(AGENT_VERBS):
        raise UnprocessableError(
            f"A key keeps all of {', '.join(AGENT_VERBS)} or none; revoke all of them to end the key."
        )
    if gone & set(SUPERVISOR_VERBS) and not gone >= set(SUPERVISOR_VERBS):
        raise UnprocessableError(f"{' and '.join(SUPERVISOR_VERBS)} go together; revoke both.")
    return "agent" if gone else principal


def principal_for(verbs: Iterable[str]) -> Principal:
    return "supervisor" if set(verbs) & set(SUPERVISOR_VERBS) else "agent"


def _check(verbs: Iterable[str]) -> None:
    for verb in verbs:
        if verb not in VERBS:
            raise ValidationError(f"{verb[:40]!r} is not a known verb; {suggestion(verb[:40], VERBS)}")
