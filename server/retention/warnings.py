"""What somebody who proposes policies should know of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from server.core.retention import Category
from server.retention.rules import Rule, Rules, rivals
from server.retention.tables import TABLES, UNSAID, MemoryTable
from server.store.engine import Database
from server.store.scoped import attribute_ids

Kind = Literal["equal_specificity", "matches_nothing", "empties_category", "overridden"]

# Every attribute that a record has is a record itself, so most mistyped scopes are found without reading a table.
KNOWN = "array::all($scope, |$attribute| record::exists($attribute))"


@dataclass(frozen=True)
class Warned:
    """A warning, for people and for programs."""

    kind: Kind
    message: str


async def warnings(database: Database, proposed: Rules, deleted: Mapping[str, int]) -> list[Warned]:
    """All there are; `deleted` counts what would go at once, by category."""
    found = [*_overridden(proposed), *_rivals(proposed)]
    for category in dict.fromkeys(policy.category for policy in proposed.in_force):
        found += [_idle(rule) for rule in proposed.of(category)[:-1] if not await _matches(database, rule)]
    for name, count in deleted.items():
        if count and count == await _total(database, name):
            found.append(Warned("empties_category", f"Every record of the category {name} would be deleted: {count}."))
    return found


def _overridden(rules: Rules) -> list[Warned]:
    return [
        Warned("overridden", f"The policy [{policy}] of the {policy.source} has no effect: another is nearer.")
        for policy in rules.policies
        if policy not in rules.in_force
    ]


def _rivals(rules: Rules) -> list[Warned]:
    return [
        Warned(
            "equal_specificity",
            f"[{one.label}] and [{other.label}] for {one.category} are equally specific; a record that both match "
            "lives for the longer time.",
        )
        for one, other in rivals(rules)
    ]


def _idle(rule: Rule) -> Warned:
    return Warned("matches_nothing", f"[{rule.label}] for {rule.category} matches no record.")


async def _matches(database: Database, rule: Rule) -> bool:
    variables = {"scope": attribute_ids(rule.scope), "category": rule.category}
    (known,) = await database.read(KNOWN, variables)
    for table in _tables(rule.category) if known else ():
        matching = f"{_belongs(table, rule.category)} AND {table.scope} CONTAINSALL $scope"
        if await database.row(f"SELECT id FROM {table.name} WHERE {matching} LIMIT 1", variables):
            return True
    return False


async def _total(database: Database, name: str) -> int:
    counts: list[Any] = await database.read(
        "; ".join(
            f"SELECT count() AS count FROM {table.name} WHERE {_belongs(table, name)} GROUP ALL"
            for table in _tables(name)
        ),
        {"category": name},
    )
    return sum(rows[0]["count"] for rows in counts if rows)


def _tables(category: Category | str) -> list[MemoryTable]:
    return [table for table in TABLES if category in table.categories]


def _belongs(table: MemoryTable, category: str) -> str:
    """The condition that a record is of `$category`."""
    if not table.indexed:
        return "true"
    unsaid = table.category == UNSAID and category == "context"
    return "memory_category IN [NONE, $category]" if unsaid else "memory_category = $category"
