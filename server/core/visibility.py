"""Which records a caller may see, and which scope a record may be written with: the rule, stated once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from server.core.errors import ForbiddenError
from server.core.scope import EMPTY, Scope, as_text, contradicts

View = Literal["strict", "merged"]


@dataclass(frozen=True)
class Visibility:
    """An OR of scopes, each of which contains the caller's floor."""

    floor: Scope
    clauses: tuple[Scope, ...]
    view: View = "strict"

    def admits(self, scope: Scope) -> bool:
        """Whether a record of that scope is visible.

        It is when it contains all of a clause, or has no scope at all. The merged view adds the records between the
        floor and a clause.
        """
        if not scope:
            return True
        return any(
            clause <= scope or (self.view == "merged" and self.floor <= scope <= clause) for clause in self.clauses
        )

    def confines(self, scope: Scope) -> bool:
        """Whether something that was done in that scope is the caller's to know: what has none is not for everybody."""
        return any(clause <= scope for clause in self.clauses)

    @property
    def common(self) -> Scope:
        """What all that is visible here has in common, besides general knowledge."""
        return self.floor if self.view == "merged" else frozenset.intersection(*self.clauses)


def visible(floor: Scope, requested: Sequence[Scope] = (), view: View = "strict") -> Visibility:
    """What a caller with that floor sees when it asks for those scopes (none is the floor alone)."""
    for scope in requested:
        _refuse_contradiction(floor, scope)
    clauses = dict.fromkeys(floor | scope for scope in requested or (EMPTY,))
    return Visibility(floor, tuple(clauses), view)


def writable(floor: Scope, requested: Sequence[Scope], *, may_write_general: bool) -> Scope:
    """The scope a new record gets: the floor, or what was requested, of which each clause must contain the floor.

    A record of several clauses carries the attributes of all of them, and so is visible to whoever asks for any.
    """
    for clause in requested:
        _refuse_contradiction(floor, clause)
        if not floor <= clause:
            raise ForbiddenError(
                f"The scope {as_text(clause) or 'of no attributes'} leaves out part of this key's floor, "
                f"{as_text(floor)}."
            )
    scope = EMPTY.union(*requested) if requested else floor
    if not scope and not may_write_general:
        raise ForbiddenError("Only a management key may write records without a scope; name a scope.")
    return scope


def _refuse_contradiction(floor: Scope, requested: Scope) -> None:
    if contradicts(floor, requested):
        raise ForbiddenError(
            f"The scope {as_text(requested)} contradicts this key's floor, {as_text(floor)}; stay inside it."
        )
