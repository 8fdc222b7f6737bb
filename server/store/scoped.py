"""Scopes in SurrealQL: the one place where the rule of visibility becomes a condition."""

from collections.abc import Iterable
from typing import Any, cast

from surrealdb import RecordID

from server.core.scope import Attribute, Scope
from server.core.visibility import Visibility

TABLE = "scope_attribute"

# Attributes are shared by all records of a Context, so writing one that is there already must change nothing.
ENSURE_ATTRIBUTES = """FOR $attribute IN $scope_attributes {
    INSERT IGNORE INTO scope_attribute { id: $attribute, key: $attribute.id()[0], value: $attribute.id()[1] };
};"""


def attribute_ids(scope: Scope) -> list[RecordID]:
    """The records that a scope consists of; their ids hold key and value, so none needs to be looked up."""
    return [RecordID(TABLE, [key, value]) for key, value in sorted(scope)]


def scope_of(attributes: Iterable[RecordID]) -> Scope:
    """The scope that a stored set of records stands for."""
    return frozenset(Attribute(*cast("list[str]", record.id)) for record in attributes)


def condition(visibility: Visibility, field: str = "scope") -> tuple[str, dict[str, Any]]:
    """A condition on a scope field, with its variables."""
    alternatives = [f"{field} = <set>[]"]
    variables: dict[str, Any] = {}
    for number, clause in enumerate(visibility.clauses):
        name = f"scope_{number}"
        variables[name] = attribute_ids(clause)
        alternatives.append(f"{field} CONTAINSALL ${name}")
        if visibility.view == "merged":
            variables["scope_floor"] = attribute_ids(visibility.floor)
            alternatives.append(f"({field} CONTAINSALL $scope_floor AND ${name} CONTAINSALL {field})")
    return f"({' OR '.join(alternatives)})", variables


def confined(visibility: Visibility, field: str = "scope") -> tuple[str, dict[str, Any]]:
    """A condition on the scope that something was done in; what was done in none is not for everybody to know."""
    variables = {f"scope_{number}": attribute_ids(clause) for number, clause in enumerate(visibility.clauses)}
    return f"({' OR '.join(f'{field} CONTAINSALL ${name}' for name in variables)})", variables


def text_of(scope: Scope) -> str:
    """A scope as the text that is kept beside it, in the order in which the engine keeps a set."""
    return "".join(f"|{attribute}" for attribute in sorted(scope)) + "|"


def narrowed(visibility: Visibility, field: str = "scope_text") -> tuple[str, dict[str, Any]]:
    """A condition on a scope's text that no visible record fails, though others may pass it too.

    It is for tables whose rows hold vectors: the engine tests text before it decodes a row, but a set only afterwards.
    It replaces nothing: `condition` decides on the rows that it leaves.
    """
    required = [visibility.floor if visibility.view == "merged" else clause for clause in visibility.clauses]
    alternatives = [f"{field} = '|'"]
    variables: dict[str, Any] = {}
    for clause in dict.fromkeys(required):
        names = [f"scope_text_{len(variables) + number}" for number in range(len(clause))]
        variables |= zip(names, (f"|{attribute}|" for attribute in sorted(clause)), strict=True)
        alternatives.append(" AND ".join(f"{field} CONTAINS ${name}" for name in names) or "true")
    return f"({' OR '.join(f'({one})' for one in alternatives)})", variables
