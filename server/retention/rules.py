"""The policies in force in a Context, in the order in which they are tried."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property

from server.core.retention import CATEGORIES, SOURCES, Category, Policy, Ttl, duration_text, ttl_text
from server.core.scope import EMPTY, Scope, as_text

DEFAULT_TTLS: Mapping[Category, Ttl] = {
    "identity": None,
    "knowledge": None,
    "context": timedelta(days=7),
    "instructions": None,
    "unknowns": timedelta(days=30),
}
FOR_EVER = timedelta.max


@dataclass(frozen=True, slots=True)
class Rule:
    """A policy, or the default of a category, which matches every scope."""

    category: Category
    scope: Scope
    ttl: Ttl
    origin: str

    @property
    def label(self) -> str:
        """What a report calls it."""
        return f"{as_text(self.scope) or self.origin}: {ttl_text(self.ttl)}"

    @property
    def precedence(self) -> tuple[int, timedelta, str]:
        """More attributes win; of as many the longer life, because a deletion can't be undone."""
        return len(self.scope), FOR_EVER if self.ttl is None else self.ttl, as_text(self.scope)


@dataclass(frozen=True)
class Rules:
    """Every policy given for a Context, those of the server too, and what follows from them."""

    policies: tuple[Policy, ...] = ()
    retention_days: int | None = None
    grace: timedelta = field(default=timedelta(days=30))

    @cached_property
    def in_force(self) -> tuple[Policy, ...]:
        """Of policies for the same scope and category, the one nearest to the Context."""
        nearest: dict[tuple[Scope, Category], Policy] = {}
        for policy in sorted(self.policies, key=lambda policy: SOURCES.index(policy.source)):
            nearest[policy.scope, policy.category] = policy
        return tuple(policy for policy in self.policies if nearest[policy.scope, policy.category] is policy)

    @cached_property
    def ordered(self) -> tuple[Rule, ...]:
        """The rules of each category in turn; within one, the first that matches a record decides."""
        return tuple(rule for category in CATEGORIES for rule in self.of(category))

    def of(self, category: Category) -> Sequence[Rule]:
        own = [
            Rule(category, policy.scope, policy.ttl, policy.source)
            for policy in self.in_force
            if policy.category == category
        ]
        return [*sorted(own, key=lambda rule: rule.precedence, reverse=True), self.default(category)]

    def default(self, category: Category) -> Rule:
        if category == "context" and self.retention_days is not None:
            return Rule(category, EMPTY, timedelta(days=self.retention_days), "retention_days")
        return Rule(category, EMPTY, DEFAULT_TTLS[category], "default")

    def replacing(self, policies: Iterable[Policy]) -> "Rules":
        """The same with other policies of the Context's own; the server's stay."""
        kept = (policy for policy in self.policies if policy.source == "server")
        return Rules((*kept, *policies), self.retention_days, self.grace)

    @property
    def grace_label(self) -> str:
        return f"expired_grace: {duration_text(self.grace)}"


def rivals(rules: Rules) -> list[tuple[Rule, Rule]]:
    """Pairs of rules that may match the same record with equally many attributes but say different things of it."""
    found = []
    for category in CATEGORIES:
        own = rules.of(category)[:-1]
        for index, one in enumerate(own):
            found += [
                (one, other)
                for other in own[index + 1 :]
                if len(one.scope) == len(other.scope) and one.ttl != other.ttl and _compatible(one.scope, other.scope)
            ]
    return found


def _compatible(one: Scope, other: Scope) -> bool:
    values = dict(one)
    return all(values.get(key, value) == value for key, value in other)
